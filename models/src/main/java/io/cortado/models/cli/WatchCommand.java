package io.cortado.models.cli;

import io.cortado.models.page.RunPage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado watch}. */
@Command(
    name = "watch",
    description = {
      "Shows runs on a page in the browser, side by side, until Ctrl-C; on this machine alone.",
      "Runs that were trained with --ui are shown as their own page did, others by the curves of"
          + " their log."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  cortado watch runs", "  cortado watch runs/first runs/second"})
final class WatchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Folders of runs, or of folders of runs.")
  private List<Path> folders;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "The port; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
  private int port = 0;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (RunPage page = RunPage.open(folders, port, spec.commandLine().getErr())) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(page), "stop"));
      out.println("page     " + page.address());
      out.flush();
      page.join();
    }
    return 0;
  }

  /** A signal is how it ends: with 0, where Java would report the signal. */
  private static void stop(RunPage page) {
    page.close();
    Runtime.getRuntime().halt(0);
  }
}

package io.cortado.models.cli;

import io.cortado.models.RunFolder;
import io.cortado.models.Values;
import io.cortado.models.page.LivePage;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Whether a training is shown in the browser. */
final class PageOptions {

  @Option(
      names = "--ui",
      description =
          "Show the training on a page in the browser, on this machine alone; prints its address.")
  private boolean ui;

  @Option(
      names = "--ui-port",
      paramLabel = "N",
      converter = Values.NotNegative.class,
      description = "The page's port, which asks for the page (default: any that is free).")
  private @Nullable Integer port;

  /** Opens the page and prints its address; null if none is wanted. */
  @Nullable LivePage open(
      RunFolder folder, String record, Interruption interruption, CommandLine line) {
    if (!ui && port == null) {
      return null;
    }
    LivePage page =
        LivePage.open(folder.path(), port == null ? 0 : port, interruption::request, line.getErr());
    page.record(record);
    PrintWriter out = line.getOut();
    out.println("page     " + page.address());
    out.flush();
    return page;
  }
}

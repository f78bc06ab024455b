package io.cortado.models.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code cortado} command. */
@Command(
    name = "cortado",
    description = "Trains and evaluates the reference models.",
    mixinStandardHelpOptions = true,
    versionProvider = Cortado.Version.class)
public final class Cortado implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /**
   * Runs the command and ends the process with its exit status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Cortado()).execute(args));
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Cortado.class.getPackage().getImplementationVersion();
      return new String[] {"cortado " + (version == null ? "(development build)" : version)};
    }
  }
}

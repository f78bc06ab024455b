package io.cortado.models.cli;

import io.cortado.models.ModelEntry;
import io.cortado.models.Zoo;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cortado models}. */
@Command(
    name = "models",
    description = "Lists the models.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  cortado models"})
final class ModelsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    for (ModelEntry m : Zoo.models()) {
      out.printf("%-10s %s%n", m.name(), m.description());
      out.printf("%-10s variants: %s; data: %s%n", "", String.join(", ", m.variants()), m.data());
    }
    out.flush();
  }
}

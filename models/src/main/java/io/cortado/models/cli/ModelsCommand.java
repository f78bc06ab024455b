package io.cortado.models.cli;

import io.cortado.models.ImageModel;
import io.cortado.models.InputException;
import io.cortado.models.ModelEntry;
import io.cortado.models.Zoo;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.ImageDataSet;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cortado models}. */
@Command(
    name = "models",
    description = "Lists the models, their variants, and how each is trained.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  cortado models"})
final class ModelsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    for (ModelEntry m : Zoo.models()) {
      out.printf("%-8s %s%n", m.name(), m.description());
      out.printf("%-8s variants: %s%n", "", String.join(", ", m.variants()));
      for (ImageDataSet set : DataSets.all()) {
        String data = set.info().name();
        ImageModel model = ImageModel.of(m, m.usualVariant().apply(data), set.info());
        if (takes(m, model)) {
          out.printf(
              "%-8s on %s: variant %s, %s%n", "", data, model.variant(), m.recipe().apply(model));
        }
      }
    }
    out.flush();
  }

  private static boolean takes(ModelEntry entry, ImageModel model) {
    try {
      entry.build(model);
      return true;
    } catch (InputException e) {
      return false; // pictures too small for it, say
    }
  }
}

package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
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
    for (ZooModel model : Zoo.models()) {
      out.printf("%-12s %s%n", model.name(), model.description());
      if (model instanceof ImageClassifier classifier) {
        printRecipes(classifier.entry(), out);
      }
    }
    out.flush();
  }

  private static void printRecipes(ModelEntry m, PrintWriter out) {
    out.printf("%-12s variants: %s%n", "", String.join(", ", m.variants()));
    for (ImageDataSet set : DataSets.all(ImageDataSet.class)) {
      String data = set.info().name();
      ImageModel model = ImageModel.of(m, m.usualVariant().apply(data), set.info());
      if (takes(m, model)) {
        out.printf(
            "%-12s on %s: variant %s, %s%n", "", data, model.variant(), m.recipe().apply(model));
      }
    }
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

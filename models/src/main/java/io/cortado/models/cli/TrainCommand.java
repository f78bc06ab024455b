package io.cortado.models.cli;

import io.cortado.models.Figures;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import java.util.function.Consumer;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cortado train}: a command for each model of the zoo, with that model's options. */
@Command(
    name = "train",
    description = {
      "Trains a model and saves it.",
      "Each model has its own options and a recipe for what is not given: 'cortado train MODEL --help'."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "MODEL",
    commandListHeading = "%nModels:%n",
    footer = {
      "",
      "Examples:",
      "  cortado train lenet5",
      "  cortado train lenet5 --variant modern --data fashion-mnist",
      "  cortado train mlp --epochs 5 --lr 0.01 --optimizer sgd --out runs/first"
    })
final class TrainCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "missing: MODEL");
  }

  /**
   * Returns the command with all models.
   *
   * @param ended told what each training comes to
   * @param wanted which models may be trained; of the others there is the name and what they do, as
   *     a model's options take some 20 ms to find
   */
  static CommandLine commandLine(Consumer<Figures> ended, Predicate<String> wanted) {
    CommandLine train = new CommandLine(new TrainCommand());
    for (ZooModel model : Zoo.models()) {
      train.addSubcommand(
          model.name(),
          wanted.test(model.name()) ? ModelTraining.commandLine(model, ended) : listed(model));
    }
    return train;
  }

  private static CommandLine listed(ZooModel model) {
    CommandLine line = new CommandLine(CommandSpec.create());
    line.getCommandSpec().usageMessage().description(model.description());
    return line;
  }
}

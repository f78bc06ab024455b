package io.cortado.models.mlp;

import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@link TableMlp} takes for a table. */
final class TableOptions {

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "For tables: regression, binary, multiclass or multilabel (default: pictures' classes).")
  private @Nullable String task;

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      split = ",",
      description = "The columns of a CSV file given by --data that are to be told.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      split = ",",
      description =
          "bce, mse01, mse11 (binary, multilabel), ce, mse (multiclass); several are compared.")
  private List<String> losses = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "KIND",
      split = ",",
      description = "linear, sigmoid, tanh (regression); several are compared.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--hidden",
      paramLabel = "N,N",
      description = "Units of each hidden layer, or none (default: 256,128).")
  private @Nullable String hidden;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description = "relu, tanh or sigmoid (default: relu).")
  private @Nullable String activation;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description =
          "The share of hidden units left out at each step (default: 0.2, regression 0.1).")
  private @Nullable Double dropout;

  @Option(
      names = "--class-weights",
      description = "Let a rare class count as much as a frequent one (bce, ce).")
  private boolean weights;

  @Option(
      names = "--thin",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Keep each N-th row alone of the positive class, to see what imbalance does.")
  private int thin = 1;

  /**
   * Returns what is told; null for pictures' classes.
   *
   * @throws InputException if there is no such task, or none is given and another option needs one
   */
  @Nullable Task task() {
    if (task != null) {
      return Task.of(task);
    }
    boolean given = hidden != null || activation != null || dropout != null || weights || thin != 1;
    if (given || !targets.isEmpty() || !losses.isEmpty() || !outputs.isEmpty()) {
      throw new InputException(
          "--target, --loss, --output, --hidden, --activation, --dropout, --class-weights and --thin"
              + " go with --task; say regression, binary, multiclass or multilabel");
    }
    return null;
  }

  /**
   * Returns what is compared.
   *
   * @throws InputException if there is no such loss or output, or it does not go with the rest
   */
  List<Coding> codings(Task task) {
    List<Coding> codings = Coding.of(task, losses, outputs);
    if (weights && !codings.stream().allMatch(Coding::canWeigh)) {
      throw new InputException("--class-weights goes with --loss bce or ce alone");
    }
    return codings;
  }

  /** Returns the network; numbers suffer more from dropout than decisions. */
  DenseNet net(Task task) {
    double usual = task == Task.REGRESSION ? 0.1 : 0.2;
    return new DenseNet(
        DenseNet.hidden(hidden == null ? "256,128" : hidden),
        activation == null ? "relu" : activation,
        dropout == null ? usual : dropout);
  }

  /** Reads the data. */
  TaskData read(Task task, String name, Run run) {
    return TaskData.read(task, name, targets, thin, run.data(), run.seed());
  }

  /** Says whether a rare class counts as much as a frequent one. */
  boolean weights() {
    return weights;
  }
}

package io.cortado.models.mlp;

import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Values;
import io.cortado.models.data.RowFolds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@link TableMlp} takes for a table. */
final class TableOptions {

  private static final int FOLDS = 5;

  private static final double SMOOTHING = 0.1;

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

  @Option(
      names = "--folds",
      paramLabel = "K",
      converter = Values.Positive.class,
      description =
          "Choose epochs and threshold by K-fold cross-validation on all rows but the test's; 1: by a"
              + " fifth of the rows (default: 5 below 10,000 rows).")
  private @Nullable Integer folds;

  /**
   * Returns what is told; null for pictures' classes.
   *
   * @throws InputException if there is no such task, or none is given and another option needs one
   */
  @Nullable Task task() {
    if (task != null) {
      return Task.of(task);
    }
    boolean given =
        hidden != null
            || activation != null
            || dropout != null
            || weights
            || thin != 1
            || folds != null;
    if (given || !targets.isEmpty() || !losses.isEmpty() || !outputs.isEmpty()) {
      throw new InputException(
          "--target, --loss, --output, --hidden, --activation, --dropout, --class-weights, --thin and --folds"
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

  /**
   * Smooths the labels of codings that can be, as much as the user wants; unless that was said, by
   * what was best in cross-validation of the zoo's small tables.
   *
   * @param share what the user wants, from 0 to below 1; null for the usual
   * @throws InputException if no coding can be
   */
  List<Coding> smoothed(List<Coding> codings, TaskData data, @Nullable Double share) {
    if (share == null) {
      double usual = data.isSmall() && data.task() != Task.BINARY ? SMOOTHING : 0;
      return codings.stream().map(c -> c.smoothed(usual)).toList();
    }
    if (codings.stream().noneMatch(Coding::canWeigh)) {
      throw new InputException("--label-smoothing goes with --loss bce or ce alone");
    }
    return codings.stream().map(c -> c.smoothed(share)).toList();
  }

  /**
   * Deals out the rows that do not test; into one fold if their split chooses.
   *
   * <p>Unless the user says how many, classes of few rows make it fewer.
   *
   * @throws io.cortado.data.DataException if a class has too few rows for the user's number
   */
  RowFolds folds(TaskData data, long seed) {
    int usual = data.isSmall() ? FOLDS : 1;
    int k =
        folds == null
            ? Math.max(1, Math.min(usual, RowFolds.most(data.table(), data.split())))
            : folds;
    return RowFolds.of(data.table(), data.split(), seed, k);
  }

  /** Says whether a rare class counts as much as a frequent one. */
  boolean weights() {
    return weights;
  }
}

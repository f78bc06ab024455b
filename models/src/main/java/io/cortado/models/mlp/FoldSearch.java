package io.cortado.models.mlp;

import io.cortado.data.Dataset;
import io.cortado.models.ValidationFile;
import io.cortado.models.data.RowFolds;
import io.cortado.nn.Sequential;
import io.cortado.train.EarlyStopping;
import io.cortado.train.EpochResult;
import io.cortado.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches by k-fold cross-validation: each fold of the rows that do not test is told by a network
 * that was trained on the others, inputs and targets scaled by these alone.
 *
 * <p>{@link FoldCurves} chooses the epoch. The threshold is that of the highest F1 of all folds'
 * rows together, by the outputs that they had after that epoch.
 */
final class FoldSearch implements EpochSearch {

  private final TableTrainer tables;
  private final TaskData data;
  private final RowFolds folds;
  private boolean again;

  FoldSearch(TableTrainer tables, TaskData data, RowFolds folds) {
    this.tables = tables;
    this.data = data;
    this.folds = folds;
  }

  @Override
  public Found find(Coding coding) throws IOException {
    List<FoldCheck> checks = new ArrayList<>();
    List<List<EpochResult>> histories = new ArrayList<>();
    for (int fold = 0; fold < folds.folds().size() && !tables.run().stopped(); fold++) {
      train(coding, fold, checks, histories);
    }
    FoldCurves curves = FoldCurves.of(histories, checks.stream().map(FoldCheck::perEpoch).toList());
    int epoch = curves.epoch(coding.task());
    TaskData all = data.on(folds.all(), new int[0]);
    if (!tables.run().stopped() && !curves.isEmpty()) {
      tell(coding, curves, epoch);
    }
    return new Found(
        epoch, threshold(coding, checks, epoch), curves.history(), all, data.split().learnt());
  }

  private void train(
      Coding coding, int fold, List<FoldCheck> checks, List<List<EpochResult>> histories) {
    int[] check = folds.folds().get(fold);
    TaskData part = data.on(folds.without(fold), check);
    int[] learn = part.split().train();
    Sequential network = tables.network(part, coding);
    Dataset rows = part.dataset(coding, check);
    FoldCheck checked =
        new FoldCheck(
            new TaskFigures(part, check), coding, () -> TableTrainer.predict(network, rows));
    Trainer trainer = tables.trainer(part, coding, network, learn.length, "fold" + (fold + 1));
    trainer.on(checked);
    if (tables.patience() > 0) {
      trainer.on(new EarlyStopping(tables.patience()));
    }
    histories.add(trainer.fit(part.dataset(coding, learn), rows).history());
    checks.add(checked);
  }

  /** Writes down and says what the folds came to. */
  private void tell(Coding coding, FoldCurves curves, int epoch) {
    String figure = figure();
    curves.write(tables.run().file(coding.label() + ".csv"), figure.replace(' ', '_'));
    tables
        .run()
        .say(
            "%s: %d folds, epoch %d: %s %.4f",
            coding.label(), folds.folds().size(), epoch, figure, curves.figure(epoch));
    if (!again) { // runs are compared by their first coding
      again = true;
      ValidationFile.write(
          tables.run().folder().validation(),
          new ValidationFile.Best(
              "val_" + figure.replace(' ', '_'), curves.figure(epoch), epoch, true));
    }
  }

  private String figure() {
    return switch (data.task()) {
      case REGRESSION -> "R2";
      case BINARY, MULTICLASS -> "accuracy";
      case MULTILABEL -> "micro F1";
    };
  }

  private double threshold(Coding coding, List<FoldCheck> checks, int epoch) {
    List<float[]> outputs = checks.stream().map(c -> c.outputs(epoch)).toList();
    if (outputs.stream().anyMatch(o -> o.length == 0)) {
      return 0.5;
    }
    float[] all = new float[outputs.stream().mapToInt(o -> o.length).sum()];
    int at = 0;
    for (float[] some : outputs) {
      System.arraycopy(some, 0, all, at, some.length);
      at += some.length;
    }
    return Sweeps.threshold(coding, all, data.truth(folds.all()));
  }
}

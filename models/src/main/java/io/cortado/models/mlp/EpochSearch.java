package io.cortado.models.mlp;

import io.cortado.data.Dataset;
import io.cortado.models.data.RowFolds;
import io.cortado.nn.Sequential;
import io.cortado.train.CsvLog;
import io.cortado.train.EarlyStopping;
import io.cortado.train.EpochResult;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.util.List;

/**
 * Finds for how many epochs a network is to be trained, and from which score on a binary decision
 * says yes, without a look at the test rows.
 */
sealed interface EpochSearch permits FoldSearch, EpochSearch.BySplit {

  /**
   * What was found.
   *
   * @param epochs how many
   * @param threshold of a binary decision; 0.5 for other tasks
   * @param history an epoch by epoch account, of all trainings together
   * @param data what the last training takes, and how its inputs are scaled
   * @param rows those that the last training takes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Found(
      int epochs, double threshold, List<EpochResult> history, TaskData data, int[] rows) {}

  /** Searches with a coding. */
  Found find(Coding coding) throws IOException;

  /** Returns a search by cross-validation, or by the split where there is one fold alone. */
  static EpochSearch of(TableTrainer tables, TaskData data, RowFolds folds) {
    return folds.folds().size() == 1
        ? new BySplit(tables, data)
        : new FoldSearch(tables, data, folds);
  }

  /**
   * Trains once on three fifths of the rows: the epoch of the least loss of the fifth that
   * validates is the best, and the threshold is that of the highest F1 there after the last epoch.
   */
  record BySplit(TableTrainer tables, TaskData data) implements EpochSearch {

    @Override
    public Found find(Coding coding) {
      int[] learn = data.split().train();
      int[] check = data.split().validation();
      Sequential network = tables.network(data, coding);
      Trainer trainer = tables.trainer(data, coding, network, learn.length, "search");
      trainer.on(new CsvLog(tables.run().file(coding.label() + ".csv")));
      if (tables.patience() > 0) {
        trainer.on(new EarlyStopping(tables.patience()));
      }
      Dataset checked = data.dataset(coding, check);
      TrainingResult found = trainer.fit(data.dataset(coding, learn), checked);
      float[] outputs = TableTrainer.predict(network, checked);
      return new Found(
          Math.max(1, found.bestEpoch()),
          Sweeps.threshold(coding, outputs, data.truth(check)),
          found.history(),
          data,
          data.split().learnt());
    }
  }
}

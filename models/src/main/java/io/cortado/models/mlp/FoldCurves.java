package io.cortado.models.mlp;

import io.cortado.io.AtomicFile;
import io.cortado.train.EpochResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the number of epochs by what each fold's network told of the fold after each epoch.
 *
 * <p>The best epoch is the one of the highest mean figure over the folds; of equals, that of the
 * least mean loss. A regression takes it. A decision's figure counts rows, and of a hundred epochs
 * one is bound to look best by chance; chosen is the last one that the folds cannot tell from it:
 * the mean over folds of how much better the best one is, is at most that mean's standard error.
 *
 * <pre>
 *   d_k = figure_k(best) - figure_k(epoch)        mean(d) &lt;= deviation(d) / sqrt(folds)
 * </pre>
 *
 * <p>Late epochs vary the least, for the learning rate has nearly fallen to 0. The rule of one
 * standard error is of L. Breiman et al., "Classification and Regression Trees" (1984), section
 * 3.4.3, there for the size of a tree.
 *
 * @param history the means over the folds
 * @param figures of each fold, an epoch after the other
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FoldCurves(List<EpochResult> history, List<double[]> figures) {

  private static final String LOSS = "val_loss";

  /** Shares of as many rows are the same number, whatever the order they were added in. */
  private static final double EQUAL = 1e-9;

  /** Takes the epochs that all folds have had. */
  static FoldCurves of(List<List<EpochResult>> histories, List<double[]> figures) {
    int epochs = histories.stream().mapToInt(List::size).min().orElse(0);
    List<EpochResult> means = new ArrayList<>();
    for (int e = 0; e < epochs; e++) {
      int epoch = e;
      means.add(mean(histories.stream().map(h -> h.get(epoch)).toList()));
    }
    return new FoldCurves(means, figures);
  }

  /** Returns means; seconds, steps and samples are sums. */
  private static EpochResult mean(List<EpochResult> folds) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String name : folds.getFirst().values().keySet()) {
      values.put(name, folds.stream().mapToDouble(f -> f.value(name)).average().orElseThrow());
    }
    return new EpochResult(
        folds.getFirst().epoch(),
        values,
        folds.getFirst().lr(),
        folds.stream().mapToInt(EpochResult::steps).sum(),
        folds.stream().mapToLong(EpochResult::samples).sum(),
        folds.stream().mapToDouble(EpochResult::trainSeconds).sum(),
        folds.stream().mapToDouble(EpochResult::seconds).sum());
  }

  /** Says whether there is no epoch that all folds have had. */
  boolean isEmpty() {
    return history.isEmpty();
  }

  /** Returns the mean figure after an epoch, counted from 1. */
  double figure(int epoch) {
    return figures.stream().mapToDouble(f -> f[epoch - 1]).average().orElseThrow();
  }

  private double loss(int epoch) {
    return history.get(epoch - 1).value(LOSS);
  }

  /** Returns the number of the chosen epoch, from 1; 1 if there is none. */
  int epoch(Task task) {
    int best = best();
    int last = best;
    for (int e = best + 1; e <= history.size() && task != Task.REGRESSION; e++) {
      last = isAsGood(e, best) ? e : last;
    }
    return last;
  }

  private int best() {
    int best = 1;
    for (int e = 2; e <= history.size(); e++) {
      double better = figure(e) - figure(best);
      if (better > EQUAL || better >= -EQUAL && loss(e) < loss(best)) {
        best = e;
      }
    }
    return best;
  }

  private boolean isAsGood(int epoch, int best) {
    double[] worse = figures.stream().mapToDouble(f -> f[best - 1] - f[epoch - 1]).toArray();
    double mean = Arrays.stream(worse).average().orElseThrow();
    double squares = 0;
    for (double w : worse) {
      squares += (w - mean) * (w - mean);
    }
    return mean <= Math.sqrt(squares / (worse.length - 1) / worse.length) + EQUAL;
  }

  /**
   * Writes a line for each epoch: the means, and each fold's figure.
   *
   * @param name of the figure
   */
  void write(Path file, String name) {
    StringBuilder text = new StringBuilder("epoch,loss,val_loss,val_" + name);
    for (int k = 1; k <= figures.size(); k++) {
      text.append(",fold").append(k);
    }
    text.append('\n');
    for (EpochResult e : history) {
      text.append(e.epoch()).append(',').append(e.loss()).append(',').append(e.value(LOSS));
      text.append(',').append(figure(e.epoch()));
      figures.forEach(f -> text.append(',').append(f[e.epoch() - 1]));
      text.append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}

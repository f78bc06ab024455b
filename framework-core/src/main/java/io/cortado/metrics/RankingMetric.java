package io.cortado.metrics;

import java.util.Locale;

/**
 * A metric of how well scores put the positive samples before the negative ones.
 *
 * <p>What it takes:
 *
 * <ul>
 *   <li>float targets of 0 and 1 beside scores of any range: {@code [N]} or {@code [N, 1]} is one
 *       problem, {@code [N, L]} or {@code [N, L, d1, ...]} one for each label;
 *   <li>int32 labels beside probabilities {@code [N, C]} or {@code [N, C, d1, ...]}, or logits
 *       after {@link #logits()}: with two classes one problem, class 1 being positive, with more
 *       each class against the rest.
 * </ul>
 *
 * <p>Of several problems {@link Average#MACRO} is the mean, {@link Average#WEIGHTED} that by the
 * numbers of positive samples, {@link Average#MICRO} takes all scores as one problem. A problem
 * without a positive sample, or for the area below the ROC curve without a negative one, has no
 * number: {@link #perClass()} has NaN there, and means leave it out, as torchmetrics does
 * (scikit-learn throws). If none has one the result is NaN.
 *
 * <p>It keeps all scores, 8 bytes for each sample and problem, and the result is exact but for
 * rounding: ties are one step, and neither order nor batches matter. NaN or infinite scores are
 * refused.
 */
public abstract sealed class RankingMetric extends LabelMetric implements ScalarMetric
    permits RocAuc, AveragePrecision {

  private final String what;
  private final Average average;
  private final Probabilities probabilities;
  private RankedScores[] problems = {};
  private int classes;

  RankingMetric(String what, Average average) {
    this.what = what;
    this.average = average;
    this.probabilities = new Probabilities(what);
  }

  /** Takes scores beside class labels as logits: their softmax is what is ranked. */
  public final RankingMetric logits() {
    probabilities.logits();
    return this;
  }

  @Override
  public final String name() {
    return average == Average.MACRO ? what : what + "_" + average.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public final void reset() {
    problems = new RankedScores[0];
  }

  private void open(int outputs, int count) {
    if (problems.length == 0) {
      classes = outputs;
      problems = new RankedScores[count];
      for (int k = 0; k < count; k++) {
        problems[k] = new RankedScores();
      }
    }
    Checks.sameClasses(name(), classes, outputs);
    if (problems.length != count) {
      throw new IllegalArgumentException(
          name() + ": class labels and targets of 0 and 1 are mixed; reset() starts anew");
    }
  }

  @Override
  void begin(int outputs) {
    open(outputs, average == Average.MICRO || outputs == 2 ? 1 : outputs);
  }

  @Override
  public final void update(Predictions batch) {
    if (batch.hasLabels()) {
      super.update(batch);
      return;
    }
    open(batch.classes(), average == Average.MICRO ? 1 : batch.classes());
    for (int i = 0; i < batch.size(); i++) {
      boolean one = Checks.isOne(name(), batch, i);
      add(batch.column(i), batch.output(i), one, i);
    }
  }

  @Override
  final void count(Predictions batch, int sample, int label) {
    double[] p = probabilities.of(batch, sample);
    if (p.length == 2) {
      add(0, p[1], label == 1, sample);
      return;
    }
    for (int c = 0; c < p.length; c++) {
      add(c, p[c], label == c, sample);
    }
  }

  private void add(int problem, double score, boolean positive, int sample) {
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException(
          name() + ": the score at index " + sample + " is " + score + "; it has to be finite");
    }
    problems[problems.length == 1 ? 0 : problem].add(score, positive);
  }

  /** Computes the number of one problem; NaN if it has none. */
  abstract double of(RankedScores scores);

  /** Returns the number of each class or label; NaN where it has none. */
  public final double[] perClass() {
    double[] all = new double[problems.length];
    for (int k = 0; k < all.length; k++) {
      all[k] = of(problems[k]);
    }
    return all;
  }

  @Override
  public final double compute() {
    double sum = 0;
    double weights = 0;
    for (RankedScores p : problems) {
      double value = of(p);
      if (!Double.isNaN(value)) {
        double weight = average == Average.WEIGHTED ? p.positives() : 1;
        sum += weight * value;
        weights += weight;
      }
    }
    return sum / weights;
  }

  @Override
  public final boolean higherIsBetter() {
    return true;
  }
}

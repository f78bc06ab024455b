package io.cortado.metrics;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The share of the targets' variance that the outputs explain: {@code 1 - sum((y - x)^2) / sum((y -
 * mean(y))^2)}.
 *
 * <p>1 is perfect, 0 as good as always saying the mean, and it can be below 0. Outputs of several
 * columns, {@code [N, C]} or {@code [N, C, d1, ...]}, have one each, and the result is their mean.
 * As in scikit-learn: for constant targets it is 1 if all outputs are right, else 0; of less than
 * two samples it is NaN. The variance is free of cancellation, however large the targets.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html">r2_score</a>
 */
public final class R2Score implements ScalarMetric {

  /** What is kept of one column. */
  private static final class Column {
    private final Sum targets = new Sum();
    private final Sum squares = new Sum();
    private final Sum errors = new Sum();
  }

  private Column[] columns = {};
  private long samples;

  /** Makes a metric. */
  public R2Score() {}

  @Override
  public String name() {
    return "r2";
  }

  @Override
  public void reset() {
    columns = new Column[0];
    samples = 0;
  }

  @Override
  public void update(Predictions batch) {
    if (columns.length == 0) {
      columns = new Column[batch.classes()];
      for (int c = 0; c < columns.length; c++) {
        columns[c] = new Column();
      }
    }
    Checks.sameClasses(name(), columns.length, batch.classes());
    for (int i = 0; i < batch.size(); i++) {
      double y = batch.target(i);
      double x = batch.output(i);
      if (!Double.isFinite(y) || !Double.isFinite(x)) {
        throw new IllegalArgumentException(
            name() + ": output " + x + " beside target " + y + " at index " + i);
      }
      Column c = columns[batch.column(i)];
      c.targets.add(y);
      c.squares.add(y * y); // exact, of a float
      c.errors.add((y - x) * (y - x));
    }
    samples += batch.samples();
  }

  @Override
  public double compute() {
    if (samples < 2) {
      return Double.NaN;
    }
    double sum = 0;
    for (Column c : columns) {
      sum += of(c);
    }
    return sum / columns.length;
  }

  private double of(Column c) {
    BigDecimal n = BigDecimal.valueOf(samples);
    BigDecimal spread =
        c.squares.exact().multiply(n).subtract(c.targets.exact().pow(2)); // n times it
    double error = c.errors.value();
    if (spread.signum() <= 0) {
      return error == 0 ? 1 : 0;
    }
    return 1 - error / spread.divide(n, MathContext.DECIMAL128).doubleValue();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}

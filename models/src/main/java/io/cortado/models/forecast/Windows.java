package io.cortado.models.forecast;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.Series;

/**
 * Some values in a row, and the one after them.
 *
 * <p>Both are told as what they lie above the window's last value, in standard deviations of the
 * training part's steps: a rising series is then as easy as one that stays. The next value minus
 * the last is what has to be said; who says 0 says that all stays as it is.
 *
 * @param series the values
 * @param length values in a window
 * @param scale the standard deviation of a step from one value to the next in the training part
 */
record Windows(Series series, int length, double scale) {

  /** Under which name a weights file says the scale. */
  static final String SCALE = "scale";

  private static final double TRAIN_SHARE = 0.7;
  private static final double VALIDATION_SHARE = 0.8;

  static Windows of(Series series, int length) {
    double sum = 0;
    double squares = 0;
    int n = (int) (series.values().length * TRAIN_SHARE) - 1;
    for (int i = 0; i < n; i++) {
      double step = series.values()[i + 1] - series.values()[i];
      sum += step;
      squares += step * step;
    }
    return new Windows(series, length, Math.sqrt(squares / n - sum / n * (sum / n)));
  }

  /**
   * Returns the scale that a model was trained with. Files of older versions do not say it: it is
   * that of the series they name.
   *
   * @throws IllegalArgumentException if the file says none that can be used, and no series
   */
  static double scale(ModelDescription model) {
    if (!model.options().containsKey(SCALE)) {
      Series series = Series.get(model.option("data"), DataHome.standard());
      return of(series, model.input().dim(0)).scale();
    }
    double scale = Double.parseDouble(model.option(SCALE));
    if (!((float) scale > 0 && (float) scale < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("its \"" + SCALE + "\" is " + scale);
    }
    return scale;
  }

  /** Returns where validation begins: the first value that is not for training. */
  int validation() {
    return (int) (series.values().length * TRAIN_SHARE);
  }

  /** Returns where the test part begins. */
  int test() {
    return (int) (series.values().length * VALIDATION_SHARE);
  }

  /** Returns the value that a network or a formula means, for the value at an index. */
  double value(int index, double said) {
    return series.values()[index - 1] + said * scale;
  }

  /** Returns the windows before the values from one index to before another, row after row. */
  float[] before(int from, int to) {
    float[] rows = new float[(to - from) * length];
    for (int i = 0; i < rows.length; i++) {
      int next = from + i / length;
      double value = series.values()[next - length + i % length];
      rows[i] = (float) ((value - series.values()[next - 1]) / scale);
    }
    return rows;
  }

  /** Returns what has to be said of the values from one index to before another. */
  float[] wanted(int from, int to) {
    float[] steps = new float[to - from];
    for (int i = 0; i < steps.length; i++) {
      double step = series.values()[from + i] - series.values()[from + i - 1];
      steps[i] = (float) (step / scale);
    }
    return steps;
  }

  Dataset dataset(int from, int to) {
    return ArrayDataset.builder()
        .floats(Field.INPUTS, before(from, to), length, 1)
        .floats(Field.LABELS, wanted(from, to), 1)
        .build();
  }
}

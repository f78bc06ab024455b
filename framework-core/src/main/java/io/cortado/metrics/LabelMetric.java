package io.cortado.metrics;

import io.cortado.loss.CrossEntropyLoss;

/**
 * A metric that looks at each sample's class; samples labelled with the ignored index do not count.
 */
public abstract class LabelMetric implements Metric {

  private int ignoreIndex = CrossEntropyLoss.DEFAULT_IGNORE_INDEX;

  LabelMetric() {}

  /** Sets the label that does not count; at first the loss's, -100. */
  public final LabelMetric ignoreIndex(int index) {
    ignoreIndex = index;
    return this;
  }

  @Override
  public void update(Predictions batch) {
    begin(batch.classes());
    for (int i = 0; i < batch.samples(); i++) {
      int label = batch.label(i);
      if (label == ignoreIndex) {
        continue;
      }
      if (label < 0 || label >= batch.classes()) {
        throw new IllegalArgumentException(
            name()
                + ": label "
                + label
                + " of sample "
                + i
                + " for outputs "
                + batch.shape()
                + ", which have classes 0 to "
                + (batch.classes() - 1)
                + "; check the data set, or name it by ignoreIndex");
      }
      count(batch, i, label);
    }
  }

  /** Makes room for a number of classes. */
  void begin(int classes) {}

  /** Counts one sample. */
  abstract void count(Predictions batch, int sample, int label);
}

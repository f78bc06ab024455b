package io.cortado.metrics;

/**
 * Something measured over the batches of a data set.
 *
 * <p>A metric counts exactly: the result does not depend on how the samples are divided into
 * batches. It sees host memory alone.
 */
public interface Metric {

  /** Returns the name that logs and monitors use, such as {@code "accuracy"}. */
  String name();

  /** Forgets everything seen so far. */
  void reset();

  /**
   * Takes in a batch.
   *
   * @throws IllegalArgumentException if the outputs or labels are not of the kind that is measured
   *     here
   */
  void update(Predictions batch);
}

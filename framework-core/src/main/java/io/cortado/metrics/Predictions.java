package io.cortado.metrics;

import io.cortado.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a model computed for a batch, beside what it should have computed, in host memory.
 *
 * <p>The arrays are not copied and may be longer than the batch needs, so that a loop can use them
 * again.
 */
public final class Predictions {

  private final Shape shape;
  private final float[] outputs;
  private final int @Nullable [] labels;
  private final float @Nullable [] targets;
  private final int classes;
  private final int inner;
  private final int samples;
  private int @Nullable [] predicted;

  private Predictions(
      Shape shape, float[] outputs, int @Nullable [] labels, float @Nullable [] targets) {
    this.shape = shape;
    this.outputs = outputs;
    this.labels = labels;
    this.targets = targets;
    this.classes = shape.rank() < 2 ? 1 : shape.dim(1);
    this.inner = shape.rank() < 2 ? 1 : Math.toIntExact(shape.product(2, shape.rank()));
    this.samples = shape.rank() == 0 ? 1 : Math.multiplyExact(shape.dim(0), inner);
    checkLength("outputs", outputs.length, shape.size());
  }

  /**
   * Sets scores of classes beside the right classes.
   *
   * @param shape of the scores, {@code [N, C]} or {@code [N, C, d1, ...]}
   * @param labels one class for each sample, {@code [N]} or {@code [N, d1, ...]}
   * @throws IllegalArgumentException if the arrays are too short or the rank is below 2
   */
  public static Predictions ofClasses(float[] outputs, Shape shape, int[] labels) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "predictions: scores "
              + shape
              + " have no axis of classes; [N, C] or [N, C, d1, ...] is needed");
    }
    Predictions p = new Predictions(shape, outputs, labels, null);
    p.checkLength("labels", labels.length, p.samples);
    return p;
  }

  /**
   * Sets numbers beside the right numbers.
   *
   * @param shape of both
   * @throws IllegalArgumentException if the arrays are too short
   */
  public static Predictions ofValues(float[] outputs, Shape shape, float[] targets) {
    Predictions p = new Predictions(shape, outputs, null, targets);
    p.checkLength("targets", targets.length, shape.size());
    return p;
  }

  private void checkLength(String what, int length, long needed) {
    if (length < needed) {
      throw new IllegalArgumentException(
          "predictions: "
              + length
              + " "
              + what
              + " for outputs "
              + shape
              + ", which need "
              + needed);
    }
  }

  /** Returns the shape of the outputs. */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the number of samples: for {@code [N, C, d1, ...]}, each position of each one counts.
   */
  public int samples() {
    return samples;
  }

  /** Returns the number of classes. */
  public int classes() {
    return classes;
  }

  /** Returns the number of outputs. */
  public int size() {
    return (int) shape.size();
  }

  /** Returns an output, in row-major order. */
  public float output(int index) {
    return outputs[index];
  }

  /** Returns the score that a sample has for a class. */
  public float score(int sample, int c) {
    return outputs[(sample / inner * classes + c) * inner + sample % inner];
  }

  /** Says whether there are classes beside the outputs, not numbers. */
  public boolean hasLabels() {
    return labels != null;
  }

  /**
   * Returns the index along axis 1 of an output, in row-major order; 0 where there is no such axis.
   */
  public int column(int index) {
    return index / inner % classes;
  }

  /**
   * Returns the class a sample belongs to.
   *
   * @throws IllegalArgumentException if there are numbers beside the outputs, not classes
   */
  public int label(int sample) {
    int[] all = labels;
    if (all == null) {
      throw new IllegalArgumentException(
          "predictions: this metric needs class labels (int32), and the targets are numbers; use a metric of numbers, such as mse()");
    }
    return all[sample];
  }

  /**
   * Returns the number an output should be.
   *
   * @throws IllegalArgumentException if there are classes beside the outputs, not numbers
   */
  public float target(int index) {
    float[] all = targets;
    if (all == null) {
      throw new IllegalArgumentException(
          "predictions: this metric needs targets that are numbers (float32), and there are class labels; use a metric of classes, such as accuracy()");
    }
    return all[index];
  }

  /**
   * Returns the class with the largest score: the first of equals, and NaN counts as largest.
   *
   * @throws IllegalArgumentException if there is one class alone
   */
  public int predicted(int sample) {
    int[] all = predicted;
    if (all == null) {
      if (classes < 2) {
        throw new IllegalArgumentException(
            "predictions: outputs "
                + shape
                + " have one column, so there is no largest; use binaryAccuracy(threshold), or give the model one output for each class");
      }
      all = new int[samples];
      Arrays.setAll(all, this::best);
      predicted = all;
    }
    return all[sample];
  }

  private int best(int sample) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (above(score(sample, c), score(sample, best))) {
        best = c;
      }
    }
    return best;
  }

  /** Says whether a score ranks before another, NaN before all. */
  static boolean above(float a, float b) {
    return a > b || Float.isNaN(a) && !Float.isNaN(b);
  }
}

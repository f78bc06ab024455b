package io.cortado.train;

import io.cortado.Shape;

/** A model's outputs for all samples of a data set, in host memory. */
public final class Outputs {

  private final Shape shape;
  private final float[] values;

  Outputs(Shape shape, float[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** Returns the shape: samples first. */
  public Shape shape() {
    return shape;
  }

  /** Returns the numbers in row-major order; the array is this object's own. */
  public float[] values() {
    return values;
  }

  @Override
  public String toString() {
    return "outputs " + shape;
  }
}

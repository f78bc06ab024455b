package io.cortado.nn;

import io.cortado.Tensor;

/** Makes all axes from one on into a single one. */
public final class Flatten extends Layer {

  private final int startAxis;

  /** Makes a layer that keeps the axes before {@code startAxis}. */
  public Flatten(int startAxis) {
    this.startAxis = startAxis;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.flatten(startAxis);
  }

  @Override
  public String toString() {
    return startAxis == 1 ? "Flatten" : "Flatten(from " + startAxis + ")";
  }
}

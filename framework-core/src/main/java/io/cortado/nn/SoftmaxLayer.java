package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Softmax;

/**
 * The softmax along one axis, or its logarithm.
 *
 * <p>A model trained with a cross-entropy ends without it: that loss takes logits.
 */
public final class SoftmaxLayer extends Layer {

  private final int axis;
  private final boolean log;

  /**
   * Makes a layer.
   *
   * @param axis the axis that sums to 1; negative counts from the end
   * @param log whether the logarithm is wanted
   */
  public SoftmaxLayer(int axis, boolean log) {
    this.axis = axis;
    this.log = log;
  }

  /** Returns the axis that sums to 1; negative counts from the end. */
  public int axis() {
    return axis;
  }

  /** Says whether this is the logarithm. */
  public boolean isLog() {
    return log;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Softmax.softmax(x, axis, log);
  }

  @Override
  public String toString() {
    return (log ? "LogSoftmax(" : "Softmax(") + axis + ")";
  }
}

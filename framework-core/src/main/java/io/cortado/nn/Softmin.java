package io.cortado.nn;

import io.cortado.Tensor;

/**
 * The softmax of {@code -x} along one axis.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html">torch.nn.Softmin</a>
 */
public final class Softmin extends Layer {

  private final int dim;

  /** Makes a layer of the axis that sums to 1; negative counts from the end. */
  public Softmin(int dim) {
    this.dim = dim;
  }

  /** Returns the axis that sums to 1; negative counts from the end. */
  public int dim() {
    return dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.neg().softmax(dim);
  }

  @Override
  public String toString() {
    return "Softmin(" + dim + ")";
  }
}

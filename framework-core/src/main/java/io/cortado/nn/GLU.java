package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.pointwise.Pointwise;

/**
 * {@code a sigmoid(b)}, a and b being the halves of the input along an axis.
 *
 * @see <a href="https://arxiv.org/abs/1612.08083">Dauphin et al., "Language Modeling with Gated
 *     Convolutional Networks" (2016)</a>
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.GLU.html">torch.nn.GLU</a>
 */
public final class GLU extends Layer {

  private static final Pointwise GATE = Pointwise.of("glu", (a, b) -> a.mul(b.sigmoid()));

  private final int dim;

  /** Makes a layer that splits the last axis. */
  public GLU() {
    this(-1);
  }

  /** Makes a layer that splits an axis; negative counts from the end. */
  public GLU(int dim) {
    this.dim = dim;
  }

  /** Returns the axis that is halved; negative counts from the end. */
  public int dim() {
    return dim;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.shape().rank() == 0 || x.dim(dim) % 2 != 0) {
      throw new IllegalArgumentException(
          "glu: axis " + dim + " of input " + x.shape() + " has no halves; give an even extent");
    }
    int half = x.dim(dim) / 2;
    return GATE.apply(x.slice(dim, 0, half), x.slice(dim, half, 2 * half));
  }

  @Override
  public String toString() {
    return "GLU(" + dim + ")";
  }
}

package io.cortado.nn;

import io.cortado.Tensor;

/**
 * The softmax over the channels of each pixel, of {@code [N, C, H, W]} or {@code [C, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html">torch.nn.Softmax2d</a>
 */
public final class Softmax2d extends Layer {

  @Override
  public Tensor forward(Tensor x) {
    int rank = x.shape().rank();
    if (rank != 3 && rank != 4) {
      throw new IllegalArgumentException(
          "softmax2d: input " + x.shape() + "; [N, C, H, W] or [C, H, W] is needed");
    }
    return x.softmax(-3);
  }
}

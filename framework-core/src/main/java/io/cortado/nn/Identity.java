package io.cortado.nn;

import io.cortado.Tensor;

/**
 * The input as it is; stands where a layer could be.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Identity.html">torch.nn.Identity</a>
 */
public final class Identity extends Layer {

  @Override
  public Tensor forward(Tensor x) {
    return x;
  }
}

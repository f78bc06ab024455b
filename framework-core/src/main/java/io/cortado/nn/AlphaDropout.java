package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Dropout;

/**
 * Sets elements to SELU's negative limit at random while training, and scales and shifts all so
 * that mean 0 and variance 1 are kept; does nothing in eval mode.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html">torch.nn.AlphaDropout</a>
 */
public final class AlphaDropout extends RandomDropout {

  /** Makes a layer that drops with probability 0.5. */
  public AlphaDropout() {
    this(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public AlphaDropout(double p) {
    super(p);
  }

  @Override
  Tensor drop(Tensor x, float probability) {
    return Dropout.alphaDropout(x, probability);
  }
}

package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Dropout;

/**
 * {@link AlphaDropout} of whole channels of {@code [N, C, ...]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html">torch.nn.FeatureAlphaDropout</a>
 */
public final class FeatureAlphaDropout extends RandomDropout {

  /** Makes a layer that drops with probability 0.5. */
  public FeatureAlphaDropout() {
    this(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public FeatureAlphaDropout(double p) {
    super(p);
  }

  @Override
  Tensor drop(Tensor x, float probability) {
    return Dropout.featureAlphaDropout(x, probability, 2);
  }
}

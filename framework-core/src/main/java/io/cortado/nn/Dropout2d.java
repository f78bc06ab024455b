package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Dropout;

/**
 * Sets whole channels of {@code [N, C, H, W]} or {@code [N, C, L]} to 0 at random while training,
 * and scales the others by {@code 1 / (1 - p)}; does nothing in eval mode.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html">torch.nn.Dropout2d</a>
 */
public final class Dropout2d extends RandomDropout {

  /** Makes a layer that drops with probability 0.5. */
  public Dropout2d() {
    this(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public Dropout2d(double p) {
    super(p);
  }

  @Override
  Tensor drop(Tensor x, float probability) {
    return Dropout.featureDropout(x, probability, channelAxes(x, -1, 4, 3));
  }
}

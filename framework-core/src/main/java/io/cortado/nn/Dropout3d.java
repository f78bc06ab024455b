package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Dropout;

/**
 * Sets whole channels of {@code [N, C, D, H, W]} or {@code [C, D, H, W]} to 0 at random while
 * training, and scales the others by {@code 1 / (1 - p)}; does nothing in eval mode.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html">torch.nn.Dropout3d</a>
 */
public final class Dropout3d extends RandomDropout {

  /** Makes a layer that drops with probability 0.5. */
  public Dropout3d() {
    this(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public Dropout3d(double p) {
    super(p);
  }

  @Override
  Tensor drop(Tensor x, float probability) {
    return Dropout.featureDropout(x, probability, channelAxes(x, 4, 5));
  }
}

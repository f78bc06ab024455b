package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Randoms;
import io.cortado.pointwise.Pointwise;

/**
 * {@code x} where positive, else {@code slope x}: a slope that is random for each element while
 * training, spread evenly from lower to upper, and their mean in eval mode.
 *
 * @see <a href="https://arxiv.org/abs/1505.00853">Xu et al., "Empirical Evaluation of Rectified
 *     Activations in Convolutional Network" (2015)</a>
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html">torch.nn.RReLU</a>
 */
public final class RReLU extends Layer {

  private static final Pointwise FUNCTION =
      Pointwise.of("rrelu", (x, slope) -> x.le(0).where(Activations.negative(x).mul(slope), x));

  private final double lower;
  private final double upper;
  private final Layer mean;

  /** Makes a layer of slopes from 1/8 to 1/3. */
  public RReLU() {
    this(1.0 / 8, 1.0 / 3);
  }

  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if lower is above upper
   */
  public RReLU(double lower, double upper) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "rrelu: slopes from " + lower + " to " + upper + "; give the smaller first");
    }
    this.lower = lower;
    this.upper = upper;
    mean = Layers.leakyRelu(meanSlope());
  }

  /** Returns the slope that all elements have in eval mode. */
  public double meanSlope() {
    return (lower + upper) / 2;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining()) {
      return mean.forward(x);
    }
    Tensor slopes = Randoms.uniform(x.device(), (float) lower, (float) upper, x.shape().toArray());
    return FUNCTION.apply(x, slopes);
  }

  @Override
  public String toString() {
    return "RReLU(" + lower + ", " + upper + ")";
  }
}

package io.cortado.nn;

/**
 * A one-dimensional convolution.
 *
 * <p>Input {@code [N, in, L]}, output {@code [N, out, L']} with {@code L' = floor((L + 2 padding -
 * dilation (kernel - 1) - 1) / stride) + 1}; the weight is {@code [out, in / groups, kernel]}.
 * Weight and bias start uniform with bound {@code 1 / sqrt(fanIn)}. It is the two-dimensional
 * convolution of images of height 1.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html">torch.nn.Conv1d</a>
 */
public final class Conv1d extends PlainConv<Conv1d> {

  private static final String NAME = "conv1d";

  private Conv1d(ConvGeometry geometry, boolean withBias) {
    super(NAME, geometry, withBias);
  }

  /**
   * Makes a layer of a kernel, stride 1, without padding.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel extent of the kernel along the axis
   * @throws IllegalArgumentException if one is below 1
   */
  public Conv1d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 1, in, out, kernel), true);
  }

  @Override
  Conv1d make(ConvGeometry g, boolean withBias) {
    return new Conv1d(g, withBias);
  }

  @Override
  Conv1d self() {
    return this;
  }
}

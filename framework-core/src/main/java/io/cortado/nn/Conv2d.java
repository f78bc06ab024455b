package io.cortado.nn;

/**
 * A two-dimensional convolution.
 *
 * <p>Input {@code [N, in, H, W]}, output {@code [N, out, H', W']} with {@code H' = floor((H + 2
 * padding - dilation (kernel - 1) - 1) / stride) + 1} and W' likewise; the weight is {@code [out,
 * in / groups, kernelH, kernelW]}. Weight and bias start uniform with bound {@code 1 /
 * sqrt(fanIn)}. {@link io.cortado.backend.spec.ConvSpec} has the formula.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">torch.nn.Conv2d</a>
 */
public final class Conv2d extends PlainConv<Conv2d> {

  private static final String NAME = "conv2d";

  private Conv2d(ConvGeometry geometry, boolean withBias) {
    super(NAME, geometry, withBias);
  }

  /**
   * Makes a layer of a square kernel, stride 1, without padding.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel extent of the kernel along each axis
   * @throws IllegalArgumentException if one is below 1
   */
  public Conv2d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 2, in, out, kernel), true);
  }

  @Override
  Conv2d make(ConvGeometry g, boolean withBias) {
    return new Conv2d(g, withBias);
  }

  @Override
  Conv2d self() {
    return this;
  }
}

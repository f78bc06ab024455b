package io.cortado.nn;

/**
 * A three-dimensional convolution.
 *
 * <p>Input {@code [N, in, D, H, W]}, output {@code [N, out, D', H', W']} with {@code D' = floor((D
 * + 2 padding - dilation (kernel - 1) - 1) / stride) + 1} and H', W' likewise; the weight is {@code
 * [out, in / groups, kernelD, kernelH, kernelW]}. Weight and bias start uniform with bound {@code 1
 * / sqrt(fanIn)}. It is a two-dimensional convolution of a kernel's slices, laid out as channels.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html">torch.nn.Conv3d</a>
 */
public final class Conv3d extends PlainConv<Conv3d> {

  private static final String NAME = "conv3d";

  private Conv3d(ConvGeometry geometry, boolean withBias) {
    super(NAME, geometry, withBias);
  }

  /**
   * Makes a layer of a cubic kernel, stride 1, without padding.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel extent of the kernel along each axis
   * @throws IllegalArgumentException if one is below 1
   */
  public Conv3d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 3, in, out, kernel), true);
  }

  @Override
  Conv3d make(ConvGeometry g, boolean withBias) {
    return new Conv3d(g, withBias);
  }

  @Override
  Conv3d self() {
    return this;
  }
}

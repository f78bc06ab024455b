package io.cortado.nn;

/**
 * A three-dimensional transposed convolution: what the gradient of a convolution's input is.
 *
 * <p>Input {@code [N, in, D, H, W]}, output {@code [N, out, D', H', W']} with {@code D' = (D - 1)
 * stride - 2 padding + dilation (kernel - 1) + outputPadding + 1} and H', W' likewise; the weight
 * is {@code [in, out / groups, kernelD, kernelH, kernelW]}. Weight and bias start uniform with
 * bound {@code 1 / sqrt(fanIn)}, the fan being out / groups times the kernel's extent, as PyTorch
 * has it. Output padding has to be less than the stride, where PyTorch takes the dilation for a
 * bound, too.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html">torch.nn.ConvTranspose3d</a>
 */
public final class ConvTranspose3d extends TransposedConv<ConvTranspose3d> {

  private static final String NAME = "convTranspose3d";

  private ConvTranspose3d(ConvGeometry geometry, boolean withBias) {
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
  public ConvTranspose3d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 3, in, out, kernel), true);
  }

  @Override
  ConvTranspose3d make(ConvGeometry g, boolean withBias) {
    return new ConvTranspose3d(g, withBias);
  }

  @Override
  ConvTranspose3d self() {
    return this;
  }
}

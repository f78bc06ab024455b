package io.cortado.nn;

/**
 * A two-dimensional transposed convolution: what the gradient of a convolution's input is.
 *
 * <p>Input {@code [N, in, H, W]}, output {@code [N, out, H', W']} with {@code H' = (H - 1) stride -
 * 2 padding + dilation (kernel - 1) + outputPadding + 1} and W' likewise; the weight is {@code [in,
 * out / groups, kernelH, kernelW]}. Weight and bias start uniform with bound {@code 1 /
 * sqrt(fanIn)}, the fan being out / groups times the kernel's extent, as PyTorch has it. Output
 * padding has to be less than the stride, where PyTorch takes the dilation for a bound, too.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html">torch.nn.ConvTranspose2d</a>
 */
public final class ConvTranspose2d extends TransposedConv<ConvTranspose2d> {

  private static final String NAME = "convTranspose2d";

  private ConvTranspose2d(ConvGeometry geometry, boolean withBias) {
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
  public ConvTranspose2d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 2, in, out, kernel), true);
  }

  @Override
  ConvTranspose2d make(ConvGeometry g, boolean withBias) {
    return new ConvTranspose2d(g, withBias);
  }

  @Override
  ConvTranspose2d self() {
    return this;
  }
}

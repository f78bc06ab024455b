package io.cortado.nn;

/**
 * A one-dimensional transposed convolution: what the gradient of a convolution's input is.
 *
 * <p>Input {@code [N, in, L]}, output {@code [N, out, L']} with {@code L' = (L - 1) stride - 2
 * padding + dilation (kernel - 1) + outputPadding + 1}; the weight is {@code [in, out / groups,
 * kernel]}. Weight and bias start uniform with bound {@code 1 / sqrt(fanIn)}, the fan being out /
 * groups times the kernel's extent, as PyTorch has it. Output padding has to be less than the
 * stride, where PyTorch takes the dilation for a bound, too.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html">torch.nn.ConvTranspose1d</a>
 */
public final class ConvTranspose1d extends TransposedConv<ConvTranspose1d> {

  private static final String NAME = "convTranspose1d";

  private ConvTranspose1d(ConvGeometry geometry, boolean withBias) {
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
  public ConvTranspose1d(int in, int out, int kernel) {
    this(ConvGeometry.of(NAME, 1, in, out, kernel), true);
  }

  @Override
  ConvTranspose1d make(ConvGeometry g, boolean withBias) {
    return new ConvTranspose1d(g, withBias);
  }

  @Override
  ConvTranspose1d self() {
    return this;
  }
}

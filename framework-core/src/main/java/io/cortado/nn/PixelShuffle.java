package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;

/**
 * Channels laid out as pixels, or pixels as channels (Shi et al., 2016).
 *
 * <p>Input {@code [..., C r^2, H, W]}, output {@code [..., C, H r, W r]}; the other way round for
 * {@link #inverse}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html">torch.nn.PixelShuffle</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html">torch.nn.PixelUnshuffle</a>
 */
public final class PixelShuffle extends Layer {

  private final int factor;
  private final boolean inverse;

  /**
   * Makes a layer.
   *
   * @param factor how much larger images become
   * @throws IllegalArgumentException if it is below 1
   */
  public PixelShuffle(int factor) {
    this(factor, false);
  }

  private PixelShuffle(int factor, boolean inverse) {
    if (factor < 1) {
      throw new IllegalArgumentException(
          "pixelShuffle: the factor is " + factor + ", it has to be at least 1");
    }
    this.factor = factor;
    this.inverse = inverse;
  }

  /** Returns what undoes this layer: torch's PixelUnshuffle, or that's inverse. */
  public PixelShuffle inverse() {
    return new PixelShuffle(factor, !inverse);
  }

  /** Returns how much larger images become, or smaller. */
  public int factor() {
    return factor;
  }

  /** Says whether this is torch's PixelUnshuffle. */
  public boolean isInverse() {
    return inverse;
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if the input has no three axes, or its channels (its height
   *     and width, for the inverse) are no multiple of what they are cut into
   */
  @Override
  public Tensor forward(Tensor x) {
    Shape s = x.shape();
    int r = factor;
    boolean fits = s.rank() >= 3;
    fits = fits && (inverse ? s.dim(-2) % r == 0 && s.dim(-1) % r == 0 : s.dim(-3) % (r * r) == 0);
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: input %s by a factor of %d: give [..., C, H, W] with %s"
              .formatted(
                  inverse ? "pixelUnshuffle" : "pixelShuffle",
                  s,
                  r,
                  inverse
                      ? "H and W that are multiples of it"
                      : "channels that are a multiple of " + r * r));
    }
    int batch = Math.toIntExact(s.product(0, s.rank() - 3));
    int c = s.dim(-3);
    int h = s.dim(-2);
    int w = s.dim(-1);
    int last = s.rank() - 1;
    if (inverse) {
      Shape out = s.with(last - 2, c * r * r).with(last - 1, h / r).with(last, w / r);
      return x.reshape(batch * c, h / r, r, w / r, r).permute(0, 2, 4, 1, 3).reshape(out.toArray());
    }
    Shape out = s.with(last - 2, c / (r * r)).with(last - 1, h * r).with(last, w * r);
    return x.reshape(batch * c / (r * r), r, r, h, w).permute(0, 3, 1, 4, 2).reshape(out.toArray());
  }

  @Override
  public String toString() {
    return (inverse ? "PixelUnshuffle(" : "PixelShuffle(") + factor + ")";
  }
}

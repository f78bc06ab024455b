package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.RowNormalization;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * Normalises over the last axes by the root of the mean square, then scales: {@code y = weight x /
 * sqrt(mean(x^2) + eps)}.
 *
 * <p>Input and output are {@code [..., normalizedShape]}, the weight of the normalised shape.
 *
 * @see <a href="https://arxiv.org/abs/1910.07467">Zhang and Sennrich, Root Mean Square Layer
 *     Normalization (2019)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html">torch.nn.RMSNorm</a>
 */
public final class RMSNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param eps added to the mean square under the root
   * @param elementwiseAffine whether there is a weight
   */
  public record Options(double eps, boolean elementwiseAffine) {

    /** PyTorch's defaults: its eps is the distance from 1 to the next float. */
    public static final Options DEFAULTS = new Options(Math.ulp(1f), true);
  }

  private final Shape normalized;
  private final Options options;
  private final @Nullable Parameter weight;

  /**
   * Makes a layer.
   *
   * @param normalized the axes that are normalised together
   * @throws IllegalArgumentException if there is no axis, or one is empty
   */
  public RMSNorm(Shape normalized, Options options) {
    LayerNorm.checkNormalized("rmsNorm", normalized);
    this.normalized = normalized;
    this.options = options;
    weight =
        options.elementwiseAffine() ? parameter("weight", normalized, Initializers.ones()) : null;
  }

  /** Returns the axes that are normalised together. */
  public Shape normalizedShape() {
    return normalized;
  }

  /** Returns the options. */
  public Options options() {
    return options;
  }

  /** Returns the scale, if there is one. */
  public @Nullable Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor x) {
    return RowNormalization.rmsNorm(
        x, normalized, weight == null ? null : weight.value(), (float) options.eps());
  }

  @Override
  public String toString() {
    return "RMSNorm(" + normalized + ")";
  }
}

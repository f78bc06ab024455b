package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.autograd.RowNormalization;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * Normalises over the last axes, then scales and shifts each element: {@code y = weight (x - mean)
 * / sqrt(var + eps) + bias}.
 *
 * <p>The variance is the biased one. Input and output are {@code [..., normalizedShape]}, weight
 * and bias of the normalised shape.
 *
 * @see <a href="https://arxiv.org/abs/1607.06450">Ba, Kiros and Hinton, Layer Normalization
 *     (2016)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html">torch.nn.LayerNorm</a>
 */
public final class LayerNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param eps added to the variance under the root
   * @param elementwiseAffine whether there is a weight
   * @param withBias whether there is a bias beside the weight
   */
  public record Options(double eps, boolean elementwiseAffine, boolean withBias) {

    /** PyTorch's defaults. */
    public static final Options DEFAULTS = new Options(1e-5, true, true);
  }

  private final Shape normalized;
  private final Options options;
  private final @Nullable Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer.
   *
   * @param normalized the axes that are normalised together
   * @throws IllegalArgumentException if there is no axis, or one is empty
   */
  public LayerNorm(Shape normalized, Options options) {
    checkNormalized("layerNorm", normalized);
    this.normalized = normalized;
    this.options = options;
    boolean affine = options.elementwiseAffine();
    weight = affine ? parameter("weight", normalized, Initializers.ones()) : null;
    bias =
        affine && options.withBias() ? parameter("bias", normalized, Initializers.zeros()) : null;
  }

  static void checkNormalized(String name, Shape normalized) {
    if (normalized.rank() == 0 || normalized.size() == 0) {
      throw new IllegalArgumentException(
          name + ": the normalised shape " + normalized + " needs an axis, and none of extent 0");
    }
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

  /** Returns the shift, if there is one. */
  public @Nullable Parameter bias() {
    return bias;
  }

  @Override
  public Tensor forward(Tensor x) {
    Affine affine =
        new Affine(weight == null ? null : weight.value(), bias == null ? null : bias.value());
    return RowNormalization.layerNorm(x, normalized, affine, (float) options.eps());
  }

  @Override
  public String toString() {
    return "LayerNorm(" + normalized + ")";
  }
}

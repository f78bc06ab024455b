package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.autograd.RowNormalization;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * Normalises groups of channels of each sample, then scales and shifts each channel: {@code y =
 * weight (x - mean) / sqrt(var + eps) + bias}.
 *
 * <p>The variance is the biased one. Input and output are {@code [N, C]} or {@code [N, C, ...]}.
 *
 * @see <a href="https://arxiv.org/abs/1803.08494">Wu and He, Group Normalization (2018)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html">torch.nn.GroupNorm</a>
 */
public final class GroupNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param eps added to the variance under the root
   * @param affine whether there are a weight and a bias
   */
  public record Options(double eps, boolean affine) {

    /** PyTorch's defaults. */
    public static final Options DEFAULTS = new Options(1e-5, true);
  }

  private final int groups;
  private final int channels;
  private final Options options;
  private final @Nullable Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer.
   *
   * @param groups how many groups the channels are split into
   * @param channels extent of axis 1
   * @throws IllegalArgumentException if the channels cannot be split so
   */
  public GroupNorm(int groups, int channels, Options options) {
    if (groups < 1 || channels < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: " + channels + " channels cannot be split into " + groups + " groups");
    }
    this.groups = groups;
    this.channels = channels;
    this.options = options;
    Shape c = Shape.of(channels);
    weight = options.affine() ? parameter("weight", c, Initializers.ones()) : null;
    bias = options.affine() ? parameter("bias", c, Initializers.zeros()) : null;
  }

  /** Returns how many groups the channels are split into. */
  public int groups() {
    return groups;
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
    if (x.shape().rank() >= 2 && x.dim(1) != channels) {
      throw new IllegalArgumentException(
          "groupNorm: input "
              + x.shape()
              + " has "
              + x.dim(1)
              + " channels, the layer was made for "
              + channels);
    }
    Affine affine =
        new Affine(weight == null ? null : weight.value(), bias == null ? null : bias.value());
    return RowNormalization.groupNorm(x, groups, affine, (float) options.eps());
  }

  @Override
  public String toString() {
    return "GroupNorm(" + groups + ", " + channels + ")";
  }
}

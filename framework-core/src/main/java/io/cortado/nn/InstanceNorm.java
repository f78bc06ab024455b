package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.autograd.RowNormalization;
import io.cortado.nn.init.Initializers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalises each channel of each sample by its own statistics: {@code y = weight (x - mean) /
 * sqrt(var + eps) + bias}.
 *
 * <p>The variance is the biased one. Running statistics, an option of PyTorch's, are not kept: the
 * layer does the same in training and in eval mode, as PyTorch's does by default.
 *
 * @see <a href="https://arxiv.org/abs/1607.08022">Ulyanov, Vedaldi and Lempitsky, Instance
 *     Normalization (2016)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html">torch.nn.InstanceNorm2d</a>
 */
public final class InstanceNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param eps added to the variance under the root
   * @param affine whether there are a weight and a bias
   */
  public record Options(double eps, boolean affine) {

    /** PyTorch's defaults. */
    public static final Options DEFAULTS = new Options(1e-5, false);
  }

  private static final List<String> LAYOUTS =
      List.of("[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]");

  private final int channels;
  private final int rank;
  private final Options options;
  private final @Nullable Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer.
   *
   * @param channels extent of axis 1
   * @param rank 3 for {@code [N, C, L]}, 4 for images {@code [N, C, H, W]}, 5 for volumes {@code
   *     [N, C, D, H, W]}
   * @throws IllegalArgumentException if there is no channel
   */
  public InstanceNorm(int channels, int rank, Options options) {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "instanceNorm: " + channels + " channels; at least 1 is needed");
    }
    if (rank < 3 || rank > 5) {
      throw new IllegalArgumentException(
          "instanceNorm: inputs of rank " + rank + "; 3 to 5 can be normalized");
    }
    this.channels = channels;
    this.rank = rank;
    this.options = options;
    Shape c = Shape.of(channels);
    weight = options.affine() ? parameter("weight", c, Initializers.ones()) : null;
    bias = options.affine() ? parameter("bias", c, Initializers.zeros()) : null;
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
    Shape s = x.shape();
    String name = "instanceNorm" + (rank - 2) + "d";
    if (s.rank() != rank) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + s
              + " has rank "
              + s.rank()
              + ", "
              + LAYOUTS.get(rank - 3)
              + " is needed");
    }
    if (s.dim(1) != channels) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + s
              + " has "
              + s.dim(1)
              + " channels, the layer was made for "
              + channels);
    }
    if (s.product(2, rank) == 1) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + s
              + " has one value per channel, which minus its own mean is always 0; put the layer before"
              + " what reduces the image to one pixel");
    }
    Affine affine =
        new Affine(weight == null ? null : weight.value(), bias == null ? null : bias.value());
    return RowNormalization.groupNorm(x, channels, affine, (float) options.eps());
  }

  @Override
  public String toString() {
    return "InstanceNorm" + (rank - 2) + "d(" + channels + ")";
  }
}

package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.FractionalPooling;
import io.cortado.autograd.Randoms;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.autograd.Windows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The largest element of each of windows that are drawn at random at each call, for each channel of
 * each sample, so that the output may be smaller by a fraction.
 *
 * <p>Input {@code [N, C, H, W]} or {@code [N, C, D, H, W]}. The output's extents are given, or
 * their ratio to the input's. As PyTorch's layer, it draws in eval mode too: training steps from
 * the device's stream that dropout draws from, inference steps from theirs.
 *
 * @see <a href="https://arxiv.org/abs/1412.6071">Graham, "Fractional Max-Pooling" (2014)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html">torch.nn.FractionalMaxPool2d</a>
 */
public final class FractionalMaxPool extends Layer {

  private final Shape kernel;
  private final @Nullable Shape size;
  private final double[] ratio; // empty where the size is given

  private FractionalMaxPool(Shape kernel, @Nullable Shape size, double... ratio) {
    this.kernel = kernel;
    this.size = size;
    this.ratio = ratio;
  }

  /**
   * Makes a layer; it needs an {@link #outputSize} or an {@link #outputRatio}.
   *
   * @param axes 2 or 3
   * @param kernel the windows' extent along all axes
   * @throws IllegalArgumentException if there are more or less axes, or the extent is below 1
   */
  public FractionalMaxPool(int axes, int kernel) {
    this(windows(axes, kernel), null);
  }

  private static Shape windows(int axes, int... kernel) {
    if (axes < 2 || axes > 3) {
      throw new IllegalArgumentException(
          "fractionalMaxPool: " + axes + " axes; there are two or three");
    }
    return Windows.extents("fractionalMaxPool" + axes + "d: window", axes, 1, kernel);
  }

  private String name() {
    return "fractionalMaxPool" + kernel.rank() + "d";
  }

  /**
   * Returns a layer like this for other windows.
   *
   * @param extents for each axis, or for all
   */
  public FractionalMaxPool kernel(int... extents) {
    return new FractionalMaxPool(windows(kernel.rank(), extents), size, ratio);
  }

  /**
   * Returns a layer like this with an output of given extents.
   *
   * @param extents for each axis, or for all
   * @throws IllegalArgumentException if one is below 1, or there is a ratio already
   */
  public FractionalMaxPool outputSize(int... extents) {
    Shape out = Windows.extents(name() + ": output size", kernel.rank(), 1, extents);
    if (ratio.length > 0) {
      throw both();
    }
    return new FractionalMaxPool(kernel, out);
  }

  /**
   * Returns a layer like this whose output has the input's extents times a ratio, rounded down.
   *
   * @param ratios for each axis, or for all
   * @throws IllegalArgumentException if one is not between 0 and 1, or there is a size already
   */
  public FractionalMaxPool outputRatio(double... ratios) {
    int axes = kernel.rank();
    boolean fits = ratios.length == 1 || ratios.length == axes;
    if (!fits || !Arrays.stream(ratios).allMatch(r -> r > 0 && r < 1)) {
      throw new IllegalArgumentException(
          "%s: output ratio %s; give one number above 0 and below 1, or one for each of the %d axes"
              .formatted(name(), Arrays.toString(ratios), axes));
    }
    if (size != null) {
      throw both();
    }
    double[] all = new double[axes];
    Arrays.setAll(all, a -> ratios[ratios.length == 1 ? 0 : a]);
    return new FractionalMaxPool(kernel, null, all);
  }

  private IllegalArgumentException both() {
    return new IllegalArgumentException(
        name() + ": there is an output size and an output ratio; give one of them");
  }

  @Override
  public Tensor forward(Tensor x) {
    return forwardWithIndices(x).values();
  }

  /**
   * Computes the output with given samples instead of drawn ones.
   *
   * @param samples {@code [N, C, axes]} numbers of [0, 1), PyTorch's {@code _random_samples}
   */
  public Tensor forward(Tensor x, Tensor samples) {
    return forwardWithIndices(x, samples).values();
  }

  /**
   * Returns the largest elements and where they are within their channel, as {@link MaxUnpool}
   * wants them: torch's {@code return_indices}.
   *
   * @throws IllegalArgumentException if the input's rank does not fit, or the windows not into it
   * @throws IllegalStateException if neither size nor ratio of the output are set
   */
  public ValuesAndIndices forwardWithIndices(Tensor x) {
    checkRank(x);
    return forwardWithIndices(
        x, Randoms.uniform(x.device(), 0, 1, x.dim(0), x.dim(1), kernel.rank()));
  }

  /** {@link #forwardWithIndices(Tensor)} with given samples instead of drawn ones. */
  public ValuesAndIndices forwardWithIndices(Tensor x, Tensor samples) {
    checkRank(x);
    return FractionalPooling.fractionalMaxPool(x, kernel, size == null ? scaled(x) : size, samples);
  }

  private void checkRank(Tensor x) {
    int axes = kernel.rank();
    if (x.shape().rank() != 2 + axes) {
      throw new IllegalArgumentException(
          "%s: input %s has rank %d; %s of rank %d is needed"
              .formatted(
                  name(),
                  x.shape(),
                  x.shape().rank(),
                  axes == 2 ? "[N, C, H, W]" : "[N, C, D, H, W]",
                  2 + axes));
    }
  }

  private Shape scaled(Tensor x) {
    if (ratio.length == 0) {
      throw new IllegalStateException(
          name() + ": the output has no extents; call outputSize or outputRatio");
    }
    int[] out = new int[ratio.length];
    Arrays.setAll(out, a -> (int) (x.dim(2 + a) * ratio[a]));
    if (Arrays.stream(out).anyMatch(o -> o < 1)) {
      throw new IllegalArgumentException(
          "%s: input %s times %s leaves nothing; use a larger ratio"
              .formatted(name(), x.shape(), Arrays.toString(ratio)));
    }
    return Shape.of(out);
  }

  @Override
  public String toString() {
    String out =
        size != null
            ? ", output " + Windows.text(size)
            : ratio.length > 0 ? ", ratio " + Arrays.toString(ratio) : "";
    return "FractionalMaxPool%dd(%s%s)".formatted(kernel.rank(), Windows.text(kernel), out);
  }
}

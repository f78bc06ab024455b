package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Resampling;
import io.cortado.autograd.Resampling.Taps;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Images, sequences or volumes of another size, from values between the old ones.
 *
 * <p>Input {@code [N, C, ...]} with one to three axes behind the channels. Output i of an axis
 * stands at {@code (i + 0.5) L / L' - 0.5} of the old ones, or at {@code i (L - 1) / (L' - 1)}
 * where corners are aligned; where a factor is given, {@code L' = floor(L factor)} and {@code 1 /
 * factor} takes the place of {@code L / L'}. The nearest is old element {@code floor(i L / L')},
 * the scale rounded to float as PyTorch rounds it.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html">torch.nn.Upsample</a>
 */
public final class Upsample extends Layer {

  /** How values between the old ones are found. */
  public enum Mode {
    /** The old element before. */
    NEAREST(0),
    /** A line between two, over one axis. */
    LINEAR(1),
    /** Lines between two, over two axes. */
    BILINEAR(2),
    /** Cubic curves through four (Keys, 1981, with a = -0.75), over two axes. */
    BICUBIC(2),
    /** Lines between two, over three axes. */
    TRILINEAR(3);

    private final int axes; // 0 for any number

    Mode(int axes) {
      this.axes = axes;
    }
  }

  private final Mode mode;
  private final boolean alignCorners;
  private final int[] size;
  private final double[] factors;

  /** What was brought to a device stays there until it is closed: a batch comes in few extents. */
  private final Map<Change, Taps> known = new HashMap<>();

  /** An axis made another. */
  private record Change(Device device, int in, int out, double factor, boolean ofImage) {}

  private Upsample(Mode mode, boolean alignCorners, int[] size, double[] factors) {
    if (alignCorners && mode == Mode.NEAREST) {
      throw new IllegalArgumentException(
          "upsample: the nearest element has no corners to align; choose another mode");
    }
    this.mode = mode;
    this.alignCorners = alignCorners;
    this.size = size;
    this.factors = factors;
  }

  /**
   * Makes a layer that multiplies extents; the nearest element is taken.
   *
   * @param factors for each axis, or for all
   * @throws IllegalArgumentException if one is not positive and finite
   */
  public static Upsample byFactor(double... factors) {
    if (factors.length == 0 || Arrays.stream(factors).anyMatch(f -> !(f > 0 && f < 1e9))) {
      throw new IllegalArgumentException(
          "upsample: factors " + Arrays.toString(factors) + " have to be positive");
    }
    return new Upsample(Mode.NEAREST, false, new int[0], factors.clone());
  }

  /**
   * Makes a layer of given output extents; the nearest element is taken.
   *
   * @param size for each axis, or for all
   * @throws IllegalArgumentException if one is below 1
   */
  public static Upsample toSize(int... size) {
    if (size.length == 0 || Arrays.stream(size).anyMatch(s -> s < 1)) {
      throw new IllegalArgumentException(
          "upsample: extents " + Arrays.toString(size) + " have to be at least 1");
    }
    return new Upsample(Mode.NEAREST, false, size.clone(), new double[0]);
  }

  /** Returns a layer like this that finds values in another way. */
  public Upsample mode(Mode m) {
    return new Upsample(m, alignCorners, size, factors);
  }

  /**
   * Returns a layer like this whose outermost values are those of the input, or not.
   *
   * @throws IllegalArgumentException if the mode, to be chosen first, is {@link Mode#NEAREST}
   */
  public Upsample alignCorners(boolean aligned) {
    return new Upsample(mode, aligned, size, factors);
  }

  /** Returns how values between the old ones are found. */
  public Mode mode() {
    return mode;
  }

  /** Says whether the outermost values are those of the input. */
  public boolean alignsCorners() {
    return alignCorners;
  }

  /** Returns by what an axis behind the channels is multiplied; 0 if its extent is given. */
  public double factor(int axis) {
    return factors.length == 0 ? 0 : factors[Math.min(axis, factors.length - 1)];
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if the input's rank is not the mode's or that of the sizes, an
   *     axis is empty, or nothing would be left of one
   */
  @Override
  public Tensor forward(Tensor x) {
    int axes = x.shape().rank() - 2;
    int given = Math.max(size.length, factors.length);
    if (axes < 1
        || axes > 3
        || mode.axes != 0 && mode.axes != axes
        || given != 1 && given != axes) {
      throw new IllegalArgumentException(
          "upsample: input %s by %s with %d extents or factors: give [N, C, ...] with %s behind the channels, and one number or one for each"
              .formatted(
                  x.shape(),
                  mode,
                  given,
                  mode.axes == 0 ? "one to three axes" : "axes to the number of " + mode.axes));
    }
    Tensor y = x;
    for (int a = axes - 1; a >= 0; a--) {
      y = along(y, a);
    }
    return y;
  }

  private Tensor along(Tensor x, int a) {
    int axis = 2 + a;
    int in = x.dim(axis);
    double factor = factor(a);
    int out = factor == 0 ? size[Math.min(a, size.length - 1)] : (int) Math.floor(in * factor);
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "upsample: axis %d of input %s would have %d elements made of %d; give a larger factor"
              .formatted(axis, x.shape(), out, in));
    }
    Change change = new Change(x.device(), in, out, factor, x.shape().rank() == 4);
    return Resampling.resample(x, axis, known.computeIfAbsent(change, this::taps));
  }

  private Taps taps(Change c) {
    int in = c.in();
    int out = c.out();
    ResamplingTaps t = new ResamplingTaps(in, out);
    double scale = c.factor() == 0 ? (double) in / out : 1 / c.factor();
    double aligned = out > 1 ? (in - 1.0) / (out - 1) : 0;
    for (int i = 0; i < out; i++) {
      double at = alignCorners ? i * aligned : (i + 0.5) * scale - 0.5;
      switch (mode) {
        case NEAREST -> t.nearest(i, nearest(i, c));
        case LINEAR, BILINEAR, TRILINEAR -> t.linear(i, at);
        case BICUBIC -> t.cubic(i, at);
      }
    }
    return t.on(c.device());
  }

  /** Rounded to float on the way as PyTorch rounds it, so that the same elements are taken. */
  private static int nearest(int i, Change c) {
    if (c.ofImage() && c.out() == c.in()) { // these two whatever the factor, and for images alone
      return i;
    }
    if (c.ofImage() && c.out() == 2 * c.in()) {
      return i / 2;
    }
    float scale = c.factor() == 0 ? (float) c.in() / c.out() : (float) (1 / c.factor());
    return (int) Math.floor(i * scale);
  }

  @Override
  public String toString() {
    String to =
        factors.length == 0
            ? "to " + dimensions(Shape.of(size).toString())
            : "by " + dimensions(Arrays.toString(factors));
    return "Upsample("
        + to
        + ", "
        + mode.name().toLowerCase(Locale.ROOT)
        + (alignCorners ? ", corners aligned)" : ")");
  }

  private static String dimensions(String list) {
    return list.substring(1, list.length() - 1);
  }
}

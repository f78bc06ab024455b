package io.cortado.nn.init;

import io.cortado.Philox;
import io.cortado.Shape;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * The initialisations of {@code torch.nn.init}.
 *
 * <p>Fans are PyTorch's: of a weight {@code [out, in, ...]}, fan-in is {@code in} times the extent
 * of the kernel, fan-out is {@code out} times it. Initialisers that need fans refuse shapes of rank
 * below 2.
 */
public final class Initializers {

  private Initializers() {}

  /** Sets every element to one value. */
  public static Initializer constant(float value) {
    return (ElementByElement) (v, shape, random) -> Arrays.fill(v, value);
  }

  /** Sets every element to 0. */
  public static Initializer zeros() {
    return constant(0);
  }

  /** Sets every element to 1. */
  public static Initializer ones() {
    return constant(1);
  }

  /**
   * Draws from the uniform distribution over [low, high).
   *
   * @throws IllegalArgumentException if the bounds are not finite or in the wrong order
   */
  public static Initializer uniform(double low, double high) {
    if (!(low <= high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException(
          "uniform: bounds " + low + " and " + high + " have to be finite and in order");
    }
    return (ElementByElement)
        (v, shape, random) -> fill(v, () -> low + (high - low) * random.nextFloat());
  }

  /** Draws from the normal distribution. */
  public static Initializer normal(double mean, double std) {
    return (ElementByElement)
        (v, shape, random) -> fill(v, () -> mean + std * random.nextGaussian());
  }

  /**
   * Draws from the normal distribution cut at {@code [low, high]}.
   *
   * @throws IllegalArgumentException if the bounds are in the wrong order, the deviation is not
   *     above 0, or the bounds are more than 8 deviations away on one side
   */
  public static Initializer truncNormal(double mean, double std, double low, double high) {
    if (!(low < high) || !(std > 0) || mean + 8 * std < low || mean - 8 * std > high) {
      throw new IllegalArgumentException(
          "truncNormal: hardly anything of mean "
              + mean
              + ", std "
              + std
              + " lies between "
              + low
              + " and "
              + high);
    }
    TruncatedNormal cut = new TruncatedNormal((low - mean) / std, (high - mean) / std);
    return (ElementByElement)
        (v, shape, random) -> fill(v, () -> Math.clamp(mean + std * cut.draw(random), low, high));
  }

  /** Glorot and Bengio's uniform initialisation: bound {@code gain sqrt(6 / (fanIn + fanOut))}. */
  public static Initializer xavierUniform(double gain) {
    return (ElementByElement)
        (v, shape, random) -> {
          double bound = gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
          uniform(-bound, bound).fill(v, shape, random);
        };
  }

  /**
   * Glorot and Bengio's normal initialisation: deviation {@code gain sqrt(2 / (fanIn + fanOut))}.
   */
  public static Initializer xavierNormal(double gain) {
    return (ElementByElement)
        (v, shape, random) ->
            normal(0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))))
                .fill(v, shape, random);
  }

  /** He et al.'s uniform initialisation: bound {@code gain sqrt(3 / fan)}. */
  public static Initializer kaimingUniform(double slope, FanMode mode, Nonlinearity following) {
    return (ElementByElement)
        (v, shape, random) -> {
          double bound = following.gain(slope) * Math.sqrt(3.0 / fan(shape, mode));
          uniform(-bound, bound).fill(v, shape, random);
        };
  }

  /** He et al.'s normal initialisation: deviation {@code gain / sqrt(fan)}. */
  public static Initializer kaimingNormal(double slope, FanMode mode, Nonlinearity following) {
    return (ElementByElement)
        (v, shape, random) ->
            normal(0, following.gain(slope) / Math.sqrt(fan(shape, mode))).fill(v, shape, random);
  }

  /**
   * PyTorch's default for the weights of linear and convolutional layers, uniform with bound {@code
   * 1 / sqrt(fanIn)}.
   *
   * <p>PyTorch writes it as He's initialisation for a leaky ReLU of slope {@code sqrt 5}.
   */
  public static Initializer torchDefault() {
    return kaimingUniform(Math.sqrt(5), FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
  }

  /**
   * PyTorch's default for biases: uniform with bound {@code 1 / sqrt(fanIn)} of the weight they go
   * with.
   */
  public static Initializer torchDefaultBias(Shape weight) {
    double bound = fanIn(weight) == 0 ? 0 : 1 / Math.sqrt(fanIn(weight));
    return uniform(-bound, bound);
  }

  /** Sets a matrix to the identity. */
  public static Initializer eye() {
    return (v, shape, random) -> {
      checkRank("eye", shape, 2, 2);
      Arrays.fill(v, 0);
      for (int i = 0; i < Math.min(shape.dim(0), shape.dim(1)); i++) {
        v[i * shape.dim(1) + i] = 1;
      }
    };
  }

  /**
   * Sets a convolution's weight to pass as many channels as it can through unchanged, in each of
   * its groups.
   */
  public static Initializer dirac(int groups) {
    return (v, shape, random) -> {
      checkRank("dirac", shape, 3, 5);
      Arrays.fill(v, 0);
      int in = shape.dim(1);
      int kernel = Math.toIntExact(shape.product(2, shape.rank()));
      int centre = 0;
      for (int axis = 2; axis < shape.rank(); axis++) {
        centre = centre * shape.dim(axis) + shape.dim(axis) / 2;
      }
      int outOfGroup = shape.dim(0) / groups;
      for (int k = 0; k < groups; k++) {
        for (int i = 0; i < Math.min(outOfGroup, in); i++) {
          v[((k * outOfGroup + i) * in + i) * kernel + centre] = 1;
        }
      }
    };
  }

  /**
   * Draws a matrix with orthonormal rows or columns, whichever are fewer; more axes are taken as
   * columns.
   *
   * <p>Saxe, McClelland, Ganguli (2013): the Q of a normal matrix's QR decomposition, signs made
   * unique by R's diagonal.
   */
  public static Initializer orthogonal(double gain) {
    return (v, shape, random) -> {
      checkRank("orthogonal", shape, 2, Integer.MAX_VALUE);
      int rows = shape.dim(0);
      int cols = Math.toIntExact(shape.product(1, shape.rank()));
      int n = Math.max(rows, cols);
      int m = Math.min(rows, cols);
      double[][] q = orthonormal(m, n, random);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          v[i * cols + j] = (float) (gain * (rows <= cols ? q[i][j] : q[j][i]));
        }
      }
    };
  }

  /**
   * Returns m orthonormal vectors of n elements, by Gram and Schmidt's method with each projection
   * taken out twice.
   */
  private static double[][] orthonormal(int m, int n, Philox random) {
    double[][] q = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        q[i][j] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          double dot = 0;
          for (int j = 0; j < n; j++) {
            dot += q[i][j] * q[k][j];
          }
          for (int j = 0; j < n; j++) {
            q[i][j] -= dot * q[k][j];
          }
        }
      }
      double norm = 0;
      for (double x : q[i]) {
        norm += x * x;
      }
      norm = Math.sqrt(norm);
      for (int j = 0; j < n; j++) {
        q[i][j] /= norm;
      }
    }
    return q;
  }

  /** Draws a matrix from a normal distribution and sets a fraction of each column to 0. */
  public static Initializer sparse(double sparsity, double std) {
    return (v, shape, random) -> {
      checkRank("sparse", shape, 2, 2);
      int rows = shape.dim(0);
      int cols = shape.dim(1);
      normal(0, std).fill(v, shape, random);
      int zeros = (int) Math.ceil(sparsity * rows);
      int[] order = new int[rows];
      for (int c = 0; c < cols; c++) {
        random.permutation(order);
        for (int i = 0; i < zeros; i++) {
          v[order[i] * cols + c] = 0;
        }
      }
    };
  }

  /** Returns how many inputs each output of a weight has. */
  public static long fanIn(Shape weight) {
    checkRank("fan-in", weight, 2, Integer.MAX_VALUE);
    return weight.product(1, weight.rank());
  }

  /** Returns how many outputs each input of a weight has. */
  public static long fanOut(Shape weight) {
    checkRank("fan-out", weight, 2, Integer.MAX_VALUE);
    return weight.dim(0) * weight.product(2, weight.rank());
  }

  private static long fan(Shape shape, FanMode mode) {
    return mode == FanMode.FAN_IN ? fanIn(shape) : fanOut(shape);
  }

  private static void fill(float[] v, DoubleSupplier next) {
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) next.getAsDouble();
    }
  }

  private static void checkRank(String what, Shape shape, int low, int high) {
    if (shape.rank() < low || shape.rank() > high) {
      throw new IllegalArgumentException(
          what
              + ": shape "
              + shape
              + " has rank "
              + shape.rank()
              + ", which has to be "
              + (low == high
                  ? low
                  : high == Integer.MAX_VALUE ? low + " or more" : low + " to " + high));
    }
  }
}

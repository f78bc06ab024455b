package io.cortado.cpu.simd;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops of the kernels, over contiguous runs of float arrays.
 *
 * <p>An array comes with the index of its first element: {@code x, xo} is x from {@code x[xo]} on.
 * {@code beta} is 0 to overwrite (whatever was there, NaN included) or 1 to add. A loop over the
 * same numbers gives the same bits on every call. Sums are kept in several float accumulators, so a
 * caller splits long runs (see {@link #MAX_RUN}) and adds the parts in double precision.
 */
public interface VectorOps {

  /** The longest run that a sum should be asked for at once, for accuracy. */
  int MAX_RUN = 8192;

  /** The side of the largest square that {@link #transpose} takes on any machine. */
  int MAX_SQUARE = 16;

  /** How many floats of scratch memory a pointwise loss needs. */
  int LOSS_SCRATCH = 2048 + 64;

  /** Returns what runs here, such as {@code "Vector API, 512-bit (16 lanes)"}. */
  String description();

  /** Computes {@code y = op(x)}; y may be x. */
  void unary(UnaryOp op, int n, float[] x, int xo, float[] y, int yo);

  /**
   * Computes {@code dx = dy * op'(x) + beta * dx}; dx may be dy.
   *
   * @param x the input; any array where the operation does not need it
   * @param y the output; any array where the operation does not need it
   */
  void unaryBackward(
      UnaryOp op,
      int n,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo);

  /** Computes {@code out = op(a, b) + beta * out}; out may be a or b. */
  void binary(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo);

  /** Computes {@code out = op(a, b) + beta * out} with one number b; out may be a. */
  void binaryScalar(
      BinaryOp op, int n, float[] a, int ao, float b, float beta, float[] out, int oo);

  /** Computes {@code out = op(a, b) + beta * out} with one number a; out may be b. */
  void scalarBinary(
      BinaryOp op, int n, float a, float[] b, int bo, float beta, float[] out, int oo);

  /** Computes {@code y = alpha * x + beta * y}, any beta, and 0 overwrites; y may be x. */
  void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo);

  /** Returns the sum of x. */
  double sum(int n, float[] x, int xo);

  /** Returns the sum of {@code x * y}. */
  double dot(int n, float[] x, int xo, float[] y, int yo);

  /**
   * Adds to each of {@code cols} accumulators the sum of its column, rows lying {@code stride}
   * apart.
   */
  void addRows(int rows, int cols, float[] x, int xo, int stride, double[] sums, int so);

  /**
   * Adds to each of {@code runs} accumulators the sum of its run of {@code n} elements, one run
   * after the other.
   */
  void addRuns(int runs, int n, float[] x, int xo, double[] sums, int so);

  /** Returns the largest of x; NaN if there is one, minus infinity if there is nothing. */
  float max(int n, float[] x, int xo);

  /** Returns the index of the first element that equals {@code value} or is NaN; 0 if none does. */
  int indexOf(float value, int n, float[] x, int xo);

  /** Returns the side of the squares that {@link #transpose} takes, {@link #MAX_SQUARE} at most. */
  int squareSide();

  /**
   * Computes {@code y[to[j] + i] = x[from[i] + j] + beta * y[to[j] + i]} for i and j below {@link
   * #squareSide}; beta is 0 or 1.
   */
  void transpose(float[] x, int xo, int[] from, float beta, float[] y, int yo, int[] to);

  /** Computes {@code y = e^(x - shift)} and returns the sum of y; y may be x. */
  double expSum(int n, float[] x, int xo, float shift, float[] y, int yo);

  /** Returns the sum of {@code e^(x - shift)}. */
  double sumExp(int n, float[] x, int xo, float shift);

  /** Computes {@code dx = y (dy - s) + beta * dx}, the gradient of a softmax. */
  void softmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo);

  /** Computes {@code dx = dy - s e^y + beta * dx}, the gradient of a softmax's logarithm. */
  void logSoftmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo);

  /** Returns the sum of {@code (x - mean)^2}. */
  double sumSquaredDeviations(int n, float[] x, int xo, float mean);

  /** Returns the sum of {@code dy (x - mean)}. */
  double dotDeviations(int n, float[] x, int xo, float mean, float[] dy, int dyo);

  /** Computes {@code y = (x - mean) scale + shift}. */
  void normalize(int n, float[] x, int xo, float mean, float scale, float shift, float[] y, int yo);

  /**
   * Computes {@code y = (x - mean) scale + shift} and returns the maximum of as many elements of
   * {@code next}, which comes from memory meanwhile.
   */
  float normalizeAndMax(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float shift,
      float[] y,
      int yo,
      float[] next,
      int no);

  /** Computes {@code y = ((x - mean) scale + offset) gamma + shift}, gamma and shift arrays. */
  void normalize(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float offset,
      float[] gamma,
      int go,
      float[] shift,
      int so,
      float[] y,
      int yo);

  /** Computes {@code dx = a dy + b (x - mean) + c + beta * dx}. */
  void normalizeBackward(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo);

  /**
   * Computes a pointwise loss's elements and gradients and returns the sum of the losses.
   *
   * @param weight the elements' weights, null for 1
   * @param posWeight the elements' positive weights, null for 1
   * @param loss receives each element's loss; null if not wanted
   * @param grad receives each element's gradient times {@code scale}; null if not wanted
   * @param scratch {@link #LOSS_SCRATCH} floats that no other call uses meanwhile
   */
  double pointwiseLoss(
      PointwiseLossSpec.Kind kind,
      int n,
      float[] x,
      int xo,
      float[] target,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float @Nullable [] loss,
      int lo,
      float scale,
      float @Nullable [] grad,
      int go,
      float[] scratch);

  /**
   * Writes the four words of each of {@code blocks} blocks of Philox 4x32-10 (Salmon et al.,
   * "Parallel random numbers: as easy as 1, 2, 3", 2011), the first counter word running up.
   *
   * @param key0 the first word of the key
   * @param key1 the second
   * @param counter0 the first block's first counter word
   * @param counter1 the second counter word
   * @param counter2 the third
   * @param counter3 the fourth
   */
  void philox(
      int key0,
      int key1,
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int blocks,
      int[] out);

  /**
   * Computes {@code y = x * scale + beta * y} where the word is at least the threshold, else {@code
   * beta * y}.
   *
   * @param threshold 0 to 2^32; the words count as unsigned
   */
  void keepFrom(
      long threshold,
      int n,
      int[] words,
      float scale,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo);

  /** Takes a step of stochastic gradient descent, as {@link SgdSpec} says, on n elements. */
  void sgd(
      SgdSpec spec,
      float lr,
      boolean first,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float @Nullable [] momentum,
      int mo);

  /** Takes a step of Adam, as {@link AdamSpec} says, on n elements. */
  void adam(
      AdamSpec spec,
      float stepSize,
      float invSqrtCorrection2,
      float decayFactor,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo);
}

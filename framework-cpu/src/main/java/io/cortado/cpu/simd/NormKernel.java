package io.cortado.cpu.simd;

import org.jspecify.annotations.Nullable;

/**
 * The innermost loops of normalisations that go over two arrays, or several rows, at once.
 *
 * <p>An array comes with the index of its first element. Sums in double precision are added to; few
 * floats are added before they join one, so that a caller need not split long runs of rows.
 */
public interface NormKernel {

  /**
   * Adds {@code sum of gamma dy} to {@code sums[0]} and {@code sum of gamma dy (x - mean)} to
   * {@code sums[1]}.
   *
   * @param n at most {@link VectorOps#MAX_RUN}, for accuracy
   */
  void rowSums(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] gamma,
      int go,
      float[] dy,
      int dyo,
      double[] sums);

  /** Computes {@code dx = a gamma dy + b (x - mean) + c + beta * dx}, gamma an array. */
  void rowGradient(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] gamma,
      int go,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo);

  /**
   * Adds each column's {@code sum over rows of dy (x - mean) invStd}, with a mean and a deviation
   * for each row, to {@code dots[doff + column]}.
   *
   * @param stride how far a row is from the next
   * @param mean the rows' means, null for 0
   */
  void addRows(
      int rows,
      int cols,
      int stride,
      float[] x,
      int xo,
      float @Nullable [] mean,
      int mo,
      float[] invStd,
      int io,
      float[] dy,
      int dyo,
      double[] dots,
      int doff);

  /**
   * Adds each channel's {@code sum of x - shift} and {@code sum of (x - shift)^2}.
   *
   * <p>Images are {@code stride} apart, channels {@code inner} and their elements 1, here and
   * below.
   *
   * @param shift the channels' shifts, from {@code shift[co]} on
   * @param sums both sums of the channels, from {@code sums[so]} and {@code sums[qo]} on
   */
  void moments(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] shift,
      int co,
      double[] sums,
      int so,
      int qo);

  /** Adds each channel's {@code sum of dy} and {@code sum of dy (x - centre)}. */
  void channelSums(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo);

  /**
   * Computes {@code y = (x - centre) scale + offset}, with a number of each for each channel.
   *
   * @param fo where the channels' scales and offsets begin
   */
  void normalizeChannels(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] scale,
      float[] offset,
      int fo,
      float[] y,
      int yo);

  /** Computes {@code dx = dy scale + (x - centre) slope + offset + beta * dx}, likewise. */
  void channelGradient(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      float[] scale,
      float[] slope,
      float[] offset,
      int fo,
      float beta,
      float[] dx,
      int dxo);
}

package io.cortado.cpu.simd;

/**
 * The loops of local response normalisation across channels.
 *
 * <p>A row is one channel's run of positions. A channel's base is {@code k + factor * sum of x^2}
 * over the rows of its window, which lie {@code stride} apart; its output is {@code x *
 * base^-exponent}. The exponent 3/4, which every published model has, has loops of its own.
 */
public interface LrnKernel {

  /** Computes the bases. */
  void bases(
      int rows, int n, float[] x, int first, int stride, float factor, float k, float[] y, int yo);

  /** Computes {@code y = x[at] base^(-3/4)}. */
  void threeQuarters(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] y,
      int yo);

  /** Computes {@code direct = dy base^(-3/4)} and {@code ratio = direct x[at] / base}. */
  void threeQuartersParts(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] dy,
      int dyo,
      float[] ratio,
      int ro,
      float[] direct,
      int diro);

  /**
   * Computes {@code ratio = dy y / base} and {@code direct = dy power}.
   *
   * @param power {@code base^-exponent}
   * @param ratio may be base
   * @param direct may be power
   */
  void parts(
      int n,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float[] base,
      int bo,
      float[] power,
      int po,
      float[] ratio,
      int ro,
      float[] direct,
      int diro);

  /** Computes {@code dx = direct + factor x (sum over rows of ratio) + beta dx}; beta is 0 or 1. */
  void gradient(
      int rows,
      int n,
      float[] ratio,
      int ro,
      int stride,
      float factor,
      float[] x,
      int xo,
      float[] direct,
      int diro,
      float beta,
      float[] dx,
      int dxo);
}

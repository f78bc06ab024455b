package io.cortado.cpu.simd;

/**
 * The matrices of Winograd's F(m, 3) for m = 4 and m = 2, along one axis.
 *
 * <p>An output tile of m pixels is {@code A' ((G g) * (B' d))} for 3 weights g and m + 2 inputs d.
 * They come from interpolation at m + 1 points and infinity (Toom and Cook): 0, +-1 for m = 2. For
 * m = 4 the usual points 0, +-1, +-2 lose a decimal digit; these are 0, +-{@link #P}, +-{@link #Q},
 * for which the entries of A and B are exact floats, and the error is close to that of a direct sum
 * (docs/performance/winograd.md has the table).
 */
public enum WinogradTransform {
  /** B': 6 inputs of the data. */
  DATA_4(6, 6),
  /** G: 3 weights. */
  FILTER_4(3, 6),
  /** A': 6 products to 4 outputs. */
  OUTPUT_4(6, 4),
  /** A: 4 outputs' gradients. */
  OUTPUT_GRADIENT_4(4, 6),
  /** G': 6 sums of products to 3 weights' gradients. */
  FILTER_GRADIENT_4(6, 3),
  /** B': 4 inputs of the data. */
  DATA_2(4, 4),
  /** G: 3 weights. */
  FILTER_2(3, 4),
  /** A': 4 products to 2 outputs. */
  OUTPUT_2(4, 2),
  /** A: 2 outputs' gradients. */
  OUTPUT_GRADIENT_2(2, 4),
  /** G': 4 sums of products to 3 weights' gradients. */
  FILTER_GRADIENT_2(4, 3);

  static final float P = 5f / 8;
  static final float Q = 3f / 2;
  static final float P2 = P * P;
  static final float Q2 = Q * Q;
  static final float P3 = P * P * P;
  static final float Q3 = Q * Q * Q;
  static final float P2Q2 = P2 * Q2;
  static final float P2_PLUS_Q2 = P2 + Q2;

  /** G's rows: 1 over the product of a point's differences to the others. */
  static final float G0 = (float) (1 / ((double) P2 * Q2));

  static final float GP = (float) (1 / (2.0 * P2 * (P2 - Q2)));
  static final float GQ = (float) (1 / (2.0 * Q2 * (Q2 - P2)));
  static final float GP1 = (float) (P / (2.0 * P2 * (P2 - Q2)));
  static final float GQ1 = (float) (Q / (2.0 * Q2 * (Q2 - P2)));
  static final float GP2 = (float) (1 / (2.0 * (P2 - Q2)));
  static final float GQ2 = (float) (1 / (2.0 * (Q2 - P2)));

  private final int from;
  private final int to;

  WinogradTransform(int from, int to) {
    this.from = from;
    this.to = to;
  }

  /** Returns how many cells a column has before. */
  public int from() {
    return from;
  }

  /** Returns how many cells a column has after. */
  public int to() {
    return to;
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ReduceOp;
import io.cortado.cpu.simd.VectorOps;

/**
 * Adds up what is computed piece by piece, each piece while it is in the first cache.
 *
 * <p>To the bit what {@link Reduce} makes of all pieces written side by side and reduced to one
 * number: pieces of {@link #PIECE} elements are summed in floats and added in double precision, in
 * an order that the number of elements decides alone.
 */
final class PieceSums {

  /** Elements of a piece; where work is cut for threads, it is cut between pieces. */
  static final int PIECE = ReducePlan.MAX_RUN;

  private final VectorOps ops;
  private final DoubleScratch scratch = new DoubleScratch();
  private double[] sums = new double[0];
  private int pieces;
  private int n;

  PieceSums(VectorOps ops) {
    this.ops = ops;
  }

  /** Begins a sum over n elements, at least 1. */
  void begin(int n) {
    this.n = n;
    pieces = Blocks.count(n, PIECE);
    sums = scratch.zeros(pieces);
  }

  /** Adds up the piece that begins with element {@code first}; workers may do so side by side. */
  void add(int first, int count, float[] x, int xo) {
    sums[first / PIECE] = ops.sum(count, x, xo);
  }

  /** Returns the sum of all pieces, or their elements' mean. */
  float result(ReduceOp op) {
    int splits = ReducePlan.splits(n, pieces);
    double sum = 0;
    for (int s = 0; s < splits; s++) {
      double part = 0;
      for (int p = ReducePlan.split(pieces, s, splits);
          p < ReducePlan.split(pieces, s + 1, splits);
          p++) {
        part += sums[p];
      }
      sum += part;
    }
    return (float) (sum * ReducePlan.scale(op, n));
  }
}

package io.cortado.cpu.kernels;

import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/**
 * Transposes the matrices of a permutation: element (r, c) as read is (c, r) as written.
 *
 * <p>Squares go through registers, so that whole cache lines are read and written. Of a large
 * matrix each row is on a page of its own, on both sides, and more rows than the processor keeps
 * pages in mind. So a piece is {@link #WIDTH} columns wide: it takes eight lines of each page that
 * it reads, and goes on in the pages that it writes. Strips of one square's width take 1.7 to 2
 * times as long in memory, and as long in the caches. Bound: the memory's copy, of which about a
 * third is reached.
 */
final class Transposition {

  /** Columns of a piece, a multiple of every square's side. */
  private static final int WIDTH = 128;

  private final VectorOps ops;
  private final Workers workers;

  /** Makes the kernel. */
  Transposition(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  /** Computes {@code y = permuted x + beta * y} by a plan of more than one row; beta is 0 or 1. */
  void run(PermutePlan plan, float[] x, int xo, float beta, float[] y, int yo) {
    int width = Math.min(plan.cols(), WIDTH);
    int height = Math.min(plan.rows(), WIDTH * Math.max(1, Blocks.LIGHT / (WIDTH * width)));
    int perMatrix = Blocks.count(plan.rows(), height) * Blocks.count(plan.cols(), width);
    int pieces = plan.in().count() * perMatrix;
    int perBlock = Blocks.rows((long) width * height, Blocks.LIGHT);
    if (pieces <= perBlock) {
      pieces(plan, width, height, 0, pieces, x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(pieces, perBlock),
        (block, worker) -> {
          int from = block * perBlock;
          int to = Blocks.end(from, perBlock, pieces);
          pieces(plan, width, height, from, to, x, xo, beta, y, yo);
        });
  }

  /** Transposes pieces, which are numbered down the rows first, then over the columns. */
  private void pieces(
      PermutePlan plan,
      int width,
      int height,
      int from,
      int to,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    int down = Blocks.count(plan.rows(), height);
    int perMatrix = down * Blocks.count(plan.cols(), width);
    for (int p = from; p < to; p++) {
      int matrix = p / perMatrix;
      int row = p % down * height;
      int col = p % perMatrix / down * width;
      int in = xo + plan.in().offset(matrix) + row * plan.inStride() + col;
      int out = yo + plan.out().offset(matrix) + col * plan.outStride() + row;
      int rows = Math.min(height, plan.rows() - row);
      piece(plan, rows, Math.min(width, plan.cols() - col), x, in, beta, y, out);
    }
  }

  private void piece(
      PermutePlan plan, int rows, int cols, float[] x, int xo, float beta, float[] y, int yo) {
    int side = ops.squareSide();
    if (rows < side || cols < side) {
      elements(plan, 0, rows, 0, cols, x, xo, beta, y, yo);
      return;
    }
    // The last squares overlap those before them, unless that would add elements twice.
    int bottom = beta == 0 ? rows : rows - rows % side;
    int right = beta == 0 ? cols : cols - cols % side;
    for (int r = 0; r < bottom; r += side) {
      int top = Math.min(r, rows - side);
      for (int c = 0; c < right; c += side) {
        int left = Math.min(c, cols - side);
        int in = xo + top * plan.inStride() + left;
        int out = yo + left * plan.outStride() + top;
        ops.transpose(x, in, plan.inRows(), beta, y, out, plan.outRows());
      }
    }
    elements(plan, bottom, rows, 0, cols, x, xo, beta, y, yo);
    elements(plan, 0, bottom, right, cols, x, xo, beta, y, yo);
  }

  private static void elements(
      PermutePlan plan,
      int top,
      int bottom,
      int left,
      int right,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    for (int c = left; c < right; c++) {
      int out = yo + c * plan.outStride();
      int in = xo + c;
      for (int r = top; r < bottom; r++) {
        float value = x[in + r * plan.inStride()];
        y[out + r] = beta == 0 ? value : value + y[out + r];
      }
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/** Permutations of axes and copies of blocks. */
public final class Copies {

  /** Side of the squares that a transposition works in: both sides' cache lines are used up. */
  private static final int TILE = 16;

  private final VectorOps ops;
  private final Workers workers;
  private final PlanCache<PermuteSpec, PermutePlan> plans = new PlanCache<>(PermutePlan::of);

  /** Makes the kernels. */
  public Copies(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  /** Computes {@code y = permuted x + beta * y}. */
  public void permute(PermuteSpec spec, float[] x, int xo, float beta, float[] y, int yo) {
    int n = (int) spec.in().size();
    if (n == 0) {
      return;
    }
    PermutePlan plan = plans.get(spec);
    int matrices = plan.in().count();
    // A piece is a strip of TILE columns of one matrix, or a whole row that is copied.
    int strips = plan.rows() == 1 ? 1 : Blocks.count(plan.cols(), TILE);
    int pieces = matrices * strips;
    if (n <= Blocks.LIGHT) {
      pieces(plan, strips, 0, pieces, x, xo, beta, y, yo);
      return;
    }
    int perBlock = Blocks.rows(n / pieces, Blocks.LIGHT);
    workers.run(
        Blocks.count(pieces, perBlock),
        (block, worker) -> {
          int piece = block * perBlock;
          pieces(plan, strips, piece, Math.min(piece + perBlock, pieces), x, xo, beta, y, yo);
        });
  }

  private void pieces(
      PermutePlan plan,
      int strips,
      int from,
      int to,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    for (int p = from; p < to; p++) {
      int matrix = p / strips;
      int col = p % strips * TILE;
      int in = xo + plan.in().offset(matrix);
      int out = yo + plan.out().offset(matrix);
      if (plan.rows() == 1) {
        copy(plan.cols(), x, in, beta, y, out);
      } else {
        int width = Math.min(TILE, plan.cols() - col);
        transpose(plan, width, x, in + col, beta, y, out + col * plan.outStride());
      }
    }
  }

  /** Transposes a strip: element (r, c) as read goes to {@code c * outStride + r}. */
  private void transpose(
      PermutePlan plan, int width, float[] x, int xo, float beta, float[] y, int yo) {
    int inStride = plan.inStride();
    int outStride = plan.outStride();
    int top = 0;
    if (beta == 0 && width == ops.transposeSide()) {
      for (; top + width <= plan.rows(); top += width) {
        ops.transpose(x, xo + top * inStride, inStride, y, yo + top, outStride);
      }
    }
    for (; top < plan.rows(); top += TILE) {
      int bottom = Math.min(top + TILE, plan.rows());
      for (int c = 0; c < width; c++) {
        int out = yo + c * outStride;
        int in = xo + c;
        if (beta == 0) {
          for (int r = top; r < bottom; r++) {
            y[out + r] = x[in + r * inStride];
          }
        } else {
          for (int r = top; r < bottom; r++) {
            y[out + r] += x[in + r * inStride];
          }
        }
      }
    }
  }

  /** Computes {@code dst block = src block + beta * dst block}. */
  public void copyBlock(CopySpec spec, float[] src, int so, float beta, float[] dst, int dso) {
    int rows = (int) spec.rows();
    int width = (int) spec.width();
    if (rows == 0 || width == 0) {
      return;
    }
    if ((long) rows * width <= Blocks.LIGHT) {
      rows(spec, 0, rows, 0, width, src, so, beta, dst, dso);
      return;
    }
    int perBlock = Blocks.rows(width, Blocks.LIGHT);
    int parts = Blocks.count(width, Blocks.LIGHT);
    int partWidth = parts == 1 ? width : Blocks.LIGHT;
    workers.run(
        Blocks.count(rows, perBlock) * parts,
        (block, worker) -> {
          int row = block / parts * perBlock;
          int col = block % parts * partWidth;
          int rowEnd = Math.min(row + perBlock, rows);
          rows(spec, row, rowEnd, col, Math.min(partWidth, width - col), src, so, beta, dst, dso);
        });
  }

  private void rows(
      CopySpec spec,
      int from,
      int to,
      int col,
      int width,
      float[] src,
      int so,
      float beta,
      float[] dst,
      int dso) {
    for (int r = from; r < to; r++) {
      int in = so + col + (int) (spec.srcOffset() + r * spec.srcStride());
      int out = dso + col + (int) (spec.dstOffset() + r * spec.dstStride());
      copy(width, src, in, beta, dst, out);
    }
  }

  private void copy(int n, float[] x, int xo, float beta, float[] y, int yo) {
    if (beta == 0) {
      System.arraycopy(x, xo, y, yo, n);
    } else {
      ops.axpby(n, 1f, x, xo, beta, y, yo);
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/** Permutations of axes and copies of blocks. */
public final class Copies {

  private final VectorOps ops;
  private final Workers workers;
  private final Transposition transposition;
  private final PlanCache<PermuteSpec, PermutePlan> plans = new PlanCache<>(PermutePlan::of);

  /** Makes the kernels. */
  public Copies(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.transposition = new Transposition(ops, workers);
  }

  /** Computes {@code y = permuted x + beta * y}. */
  public void permute(PermuteSpec spec, float[] x, int xo, float beta, float[] y, int yo) {
    int n = (int) spec.in().size();
    if (n == 0) {
      return;
    }
    PermutePlan plan = plans.get(spec);
    if (plan.rows() > 1) {
      transposition.run(plan, x, xo, beta, y, yo);
      return;
    }
    int rows = plan.in().count();
    if (n <= Blocks.LIGHT) {
      rows(plan, 0, rows, x, xo, beta, y, yo);
      return;
    }
    int perBlock = Blocks.rows(plan.cols(), Blocks.LIGHT);
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) -> {
          int row = block * perBlock;
          rows(plan, row, Blocks.end(row, perBlock, rows), x, xo, beta, y, yo);
        });
  }

  /** Copies rows; those of the last axis without the divisions that find where a row begins. */
  private void rows(
      PermutePlan plan, int from, int to, float[] x, int xo, float beta, float[] y, int yo) {
    int row = from;
    while (row < to) {
      int end = Math.min(to, plan.in().axisEnd(row));
      int in = xo + plan.in().offset(row);
      int out = yo + plan.out().offset(row);
      for (; row < end; row++) {
        copy(plan.cols(), x, in, beta, y, out);
        in += plan.in().lastStride();
        out += plan.out().lastStride();
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
          int rowEnd = Blocks.end(row, perBlock, rows);
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

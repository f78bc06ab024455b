package io.cortado.cpu.kernels;

import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;

/** Copies between regular arrangements of elements, and triangles of matrices. */
public final class StridedCopies {

  private final VectorOps ops;
  private final Workers workers;
  private final PlanCache<StridedSpec, StridedPlan> plans = new PlanCache<>(StridedPlan::of);

  /** Makes the kernels. */
  public StridedCopies(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  /** Computes {@code dst = src + beta * dst} for the elements that the spec names. */
  public void copy(StridedSpec s, float[] src, int so, float beta, float[] dst, int dso) {
    if (s.extents().size() == 0) {
      return;
    }
    StridedPlan plan = plans.get(s);
    int rows = plan.in().count();
    int perBlock = Blocks.rows(plan.width(), Blocks.LIGHT);
    int from = so + (int) s.srcOffset();
    int to = dso + (int) s.dstOffset();
    if (rows <= perBlock) {
      rows(plan, 0, rows, src, from, beta, dst, to);
      return;
    }
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, rows);
          rows(plan, block * perBlock, end, src, from, beta, dst, to);
        });
  }

  private void rows(
      StridedPlan plan, int first, int end, float[] src, int so, float beta, float[] dst, int dso) {
    for (int row = first; row < end; row++) {
      row(plan, src, so + plan.in().offset(row), beta, dst, dso + plan.out().offset(row));
    }
  }

  private void row(StridedPlan plan, float[] src, int so, float beta, float[] dst, int dso) {
    int n = plan.width();
    int from = plan.inStep();
    int to = plan.outStep();
    if (to == 1 && from == 1) {
      if (beta == 0) {
        System.arraycopy(src, so, dst, dso, n);
      } else {
        ops.axpby(n, 1f, src, so, beta, dst, dso);
      }
    } else if (to == 1 && from == 0 && beta == 0) {
      Arrays.fill(dst, dso, dso + n, src[so]);
    } else if (beta == 0) {
      for (int i = 0; i < n; i++) {
        dst[dso + i * to] = src[so + i * from];
      }
    } else {
      for (int i = 0; i < n; i++) {
        dst[dso + i * to] = src[so + i * from] + beta * dst[dso + i * to];
      }
    }
  }

  /** Computes {@code y = (x where the spec keeps it, else 0) + beta * y}. */
  public void triangle(TriangleSpec s, float[] x, int xo, float beta, float[] y, int yo) {
    if (s.size() == 0) {
      return;
    }
    int rows = (int) s.batch() * s.rows();
    int perBlock = Blocks.rows(s.cols(), Blocks.LIGHT);
    if (rows <= perBlock) {
      triangleRows(s, 0, rows, x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, rows);
          triangleRows(s, block * perBlock, end, x, xo, beta, y, yo);
        });
  }

  private void triangleRows(
      TriangleSpec s, int first, int end, float[] x, int xo, float beta, float[] y, int yo) {
    for (int row = first; row < end; row++) {
      triangleRow(s, row, x, xo, beta, y, yo);
    }
  }

  private void triangleRow(
      TriangleSpec s, int row, float[] x, int xo, float beta, float[] y, int yo) {
    // Columns from the diagonal on are kept above it, those up to it below.
    long diagonal = row % s.rows() + (long) s.diagonal();
    int from = s.upper() ? (int) Math.clamp(diagonal, 0, s.cols()) : 0;
    int to = s.upper() ? s.cols() : (int) Math.clamp(diagonal + 1, 0, s.cols());
    int at = row * s.cols();
    if (beta == 0) {
      System.arraycopy(x, xo + at + from, y, yo + at + from, to - from);
      Arrays.fill(y, yo + at, yo + at + from, 0f);
      Arrays.fill(y, yo + at + to, yo + at + s.cols(), 0f);
    } else {
      ops.axpby(to - from, 1f, x, xo + at + from, beta, y, yo + at + from);
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/** Sums and means over any axes, and the index of the maximum. */
public final class Reduce {

  private final VectorOps ops;
  private final Workers workers;
  private final PlanCache<ReduceSpec, ReducePlan> plans = new PlanCache<>(ReducePlan::of);
  private final DoubleScratch partials = new DoubleScratch();

  /** Makes the kernels. */
  public Reduce(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  /** Computes {@code y = reduced x + beta * y}. */
  public void reduce(ReduceSpec spec, float[] x, int xo, float beta, float[] y, int yo) {
    if (spec.out().size() == 0) {
      return;
    }
    if (spec.in().size() == 0) {
      empty(spec, beta, y, yo);
      return;
    }
    ReducePlan plan = plans.get(spec);
    int slot = plan.columns() ? Math.min(plan.width(), ReducePlan.STRIP) : 1;
    int slots = plan.units() * plan.splits();
    double[] sums = partials.zeros(slots * slot);
    long perSlot = spec.in().size() / slots;
    if (plan.sequential()) {
      sequential(plan, x, xo, sums);
    } else if (spec.in().size() <= Blocks.LIGHT) {
      slots(plan, 0, slots, slot, x, xo, sums);
    } else {
      int perBlock = Blocks.rows(perSlot, Blocks.LIGHT);
      workers.run(
          Blocks.count(slots, perBlock),
          (block, worker) -> {
            int first = block * perBlock;
            slots(plan, first, Blocks.end(first, perBlock, slots), slot, x, xo, sums);
          });
    }
    write(plan, slot, sums, beta, y, yo);
  }

  /** Returns 0 for a sum of nothing, NaN for a mean of nothing. */
  static float ofNothing(ReduceOp op) {
    return switch (op) {
      case SUM -> 0f;
      case MEAN -> Float.NaN;
    };
  }

  private static void empty(ReduceSpec spec, float beta, float[] y, int yo) {
    float value = ofNothing(spec.op());
    for (int i = 0; i < spec.out().size(); i++) {
      y[yo + i] = beta == 0 ? value : value + y[yo + i];
    }
  }

  private void slots(
      ReducePlan plan, int from, int to, int slot, float[] x, int xo, double[] sums) {
    int splits = plan.splits();
    for (int s = from; s < to; s++) {
      int unit = s / splits;
      int split = s % splits;
      int first = ReducePlan.split(plan.pieces(), split, splits);
      int end = ReducePlan.split(plan.pieces(), split + 1, splits);
      if (plan.columns()) {
        columns(plan, unit, first, end, x, xo, sums, s * slot);
      } else {
        sums[s] = run(plan, unit, first, end, x, xo);
      }
    }
  }

  /** Deals pieces to blocks, or, where there are few, units. */
  private void sequential(ReducePlan plan, float[] x, int xo, double[] sums) {
    int units = plan.units();
    int splits = plan.splits();
    int perBlock =
        splits > 1 ? units : Blocks.rows((long) plan.pieces() * plan.width(), Blocks.LIGHT);
    int parts = Blocks.count(units, perBlock);
    if (parts * splits == 1) {
      runs(plan, 0, plan.pieces(), 0, units, x, xo, sums, 0);
      return;
    }
    workers.run(
        parts * splits,
        (block, worker) -> {
          int split = block / parts;
          int unit = block % parts * perBlock;
          int first = ReducePlan.split(plan.pieces(), split, splits);
          int end = ReducePlan.split(plan.pieces(), split + 1, splits);
          int count = Math.min(perBlock, units - unit);
          runs(plan, first, end, unit, count, x, xo, sums, split * units);
        });
  }

  private void runs(
      ReducePlan plan,
      int first,
      int end,
      int unit,
      int count,
      float[] x,
      int xo,
      double[] sums,
      int so) {
    int width = plan.width();
    for (int p = first; p < end; p++) {
      int from = xo + plan.reduced().offset(p) + unit * width;
      ops.addRuns(count, width, x, from, sums, so + unit);
    }
  }

  private double run(ReducePlan plan, int unit, int first, int end, float[] x, int xo) {
    int parts = Blocks.count(plan.width(), ReducePlan.MAX_RUN);
    int base = xo + plan.kept().offset(unit);
    double sum = 0;
    for (int p = first; p < end; p++) {
      int part = p % parts * ReducePlan.MAX_RUN;
      int n = Math.min(ReducePlan.MAX_RUN, plan.width() - part);
      sum += ops.sum(n, x, base + plan.reduced().offset(p / parts) + part);
    }
    return sum;
  }

  private void columns(
      ReducePlan plan, int unit, int first, int end, float[] x, int xo, double[] sums, int so) {
    int strips = Blocks.count(plan.width(), ReducePlan.STRIP);
    int parts = Blocks.count(plan.rows(), ReducePlan.PIECE_ROWS);
    int col = unit % strips * ReducePlan.STRIP;
    int cols = Math.min(ReducePlan.STRIP, plan.width() - col);
    int base = xo + plan.kept().offset(unit / strips) + col;
    for (int p = first; p < end; p++) {
      int row = p % parts * ReducePlan.PIECE_ROWS;
      int rows = Math.min(ReducePlan.PIECE_ROWS, plan.rows() - row);
      int from = base + plan.reduced().offset(p / parts) + row * plan.stride();
      ops.addRows(rows, cols, x, from, plan.stride(), sums, so);
    }
  }

  /** Adds the splits of each unit in their order, and writes the output. */
  private static void write(
      ReducePlan plan, int slot, double[] sums, float beta, float[] y, int yo) {
    int out = yo;
    int strips = plan.columns() ? Blocks.count(plan.width(), ReducePlan.STRIP) : 1;
    for (int unit = 0; unit < plan.units(); unit++) {
      int col = unit % strips * ReducePlan.STRIP;
      int cols = plan.columns() ? Math.min(ReducePlan.STRIP, plan.width() - col) : 1;
      for (int c = 0; c < cols; c++) {
        double sum = 0;
        for (int s = 0; s < plan.splits(); s++) {
          int place = plan.sequential() ? s * plan.units() + unit : unit * plan.splits() + s;
          sum += sums[place * slot + c];
        }
        float v = (float) (sum * plan.scale());
        y[out] = beta == 0 ? v : v + y[out];
        out++;
      }
    }
  }

  /** Writes the index of the first largest element along the axis, NaN counting as largest. */
  public void argMax(AxisSpec spec, float[] x, int xo, int[] y, int yo) {
    int outer = (int) spec.outer();
    int inner = (int) spec.inner();
    if (outer == 0 || inner == 0) {
      return;
    }
    long width = (long) spec.extent() * inner;
    if (outer * width <= Blocks.LIGHT) {
      argMax(spec, 0, outer, x, xo, y, yo);
      return;
    }
    int perBlock = Blocks.rows(width, Blocks.LIGHT);
    workers.run(
        Blocks.count(outer, perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          argMax(spec, first, Blocks.end(first, perBlock, outer), x, xo, y, yo);
        });
  }

  private void argMax(AxisSpec spec, int from, int to, float[] x, int xo, int[] y, int yo) {
    int inner = (int) spec.inner();
    int extent = spec.extent();
    for (int o = from; o < to; o++) {
      int in = xo + o * extent * inner;
      int out = yo + o * inner;
      if (inner == 1) {
        y[out] = ops.indexOf(ops.max(extent, x, in), extent, x, in);
      } else {
        argMaxColumns(extent, inner, x, in, y, out);
      }
    }
  }

  /** Walks the rows in order; y holds the best row of each column so far. */
  private static void argMaxColumns(int extent, int inner, float[] x, int xo, int[] y, int yo) {
    for (int i = 0; i < inner; i++) {
      y[yo + i] = 0;
    }
    for (int e = 1; e < extent; e++) {
      int row = xo + e * inner;
      for (int i = 0; i < inner; i++) {
        float best = x[xo + y[yo + i] * inner + i];
        float v = x[row + i];
        if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
          y[yo + i] = e;
        }
      }
    }
  }
}

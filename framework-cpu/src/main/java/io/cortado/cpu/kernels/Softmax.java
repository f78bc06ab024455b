package io.cortado.cpu.kernels;

import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/**
 * Softmax and its logarithm along any axis.
 *
 * <p>A unit of work is a row, or, where the axis is not the last, a strip of columns that is
 * gathered into rows.
 */
public final class Softmax {

  private final VectorOps ops;
  private final Workers workers;
  private final FloatScratch[] scratch;

  /** Makes the kernels. */
  public Softmax(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.scratch = FloatScratch.each(workers.count());
  }

  /** Computes {@code y = softmax(x)} or its logarithm. */
  public void forward(SoftmaxSpec spec, float[] x, int xo, float[] y, int yo) {
    if (spec.axis().size() == 0) {
      return;
    }
    int units = units(spec);
    int perBlock = perBlock(spec);
    if (units <= perBlock) {
      forward(spec, 0, units, 0, x, xo, y, yo);
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          forward(spec, first, Blocks.end(first, perBlock, units), worker, x, xo, y, yo);
        });
  }

  private void forward(
      SoftmaxSpec spec, int first, int end, int worker, float[] x, int xo, float[] y, int yo) {
    int extent = spec.axis().extent();
    int inner = (int) spec.axis().inner();
    if (inner == 1) {
      int start = first * extent;
      rows(spec.log(), end - first, extent, x, xo + start, y, yo + start);
      return;
    }
    for (int unit = first; unit < end; unit++) {
      int start = start(spec, unit);
      int cols = columns(spec, unit);
      float[] rows = scratch[worker].get(2 * extent * Columns.STRIP);
      int half = extent * Columns.STRIP;
      Columns.gather(extent, cols, inner, x, xo + start, rows, 0);
      rows(spec.log(), cols, extent, rows, 0, rows, half);
      Columns.scatter(extent, cols, inner, rows, half, 0, y, yo + start);
    }
  }

  /**
   * Computes rows that lie one behind the other. A row's maximum is taken while the row before it
   * is written, so that memory does not rest during the exponentials alone.
   */
  private void rows(boolean log, int count, int n, float[] x, int xo, float[] y, int yo) {
    float max = ops.max(n, x, xo);
    for (int row = 0, i = xo, o = yo; row < count; row++, i += n, o += n) {
      float[] from = log ? x : y;
      int at = log ? i : o;
      float mean = log ? max : 0;
      double sum = log ? Sums.exps(ops, n, x, i, max) : Sums.exps(ops, n, x, i, max, y, o);
      float scale = log ? 1 : (float) (1 / sum);
      float shift = log ? (float) -Math.log(sum) : 0;
      if (row + 1 < count) {
        max = ops.normalizeAndMax(n, from, at, mean, scale, shift, y, o, x, i + n);
      } else {
        ops.normalize(n, from, at, mean, scale, shift, y, o);
      }
    }
  }

  /** Computes {@code dx = gradient + beta * dx} from the output y. */
  public void backward(
      SoftmaxSpec spec, float[] y, int yo, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    if (spec.axis().size() == 0) {
      return;
    }
    int units = units(spec);
    int perBlock = perBlock(spec);
    if (units <= perBlock) {
      backward(spec, 0, units, 0, y, yo, dy, dyo, beta, dx, dxo);
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Blocks.end(first, perBlock, units);
          backward(spec, first, end, worker, y, yo, dy, dyo, beta, dx, dxo);
        });
  }

  private void backward(
      SoftmaxSpec spec,
      int first,
      int end,
      int worker,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    int extent = spec.axis().extent();
    int inner = (int) spec.axis().inner();
    for (int unit = first; unit < end; unit++) {
      int start = start(spec, unit);
      if (inner == 1) {
        rowBackward(spec.log(), extent, y, yo + start, dy, dyo + start, beta, dx, dxo + start);
        continue;
      }
      int cols = columns(spec, unit);
      int part = extent * Columns.STRIP;
      float[] rows = scratch[worker].get(3 * part);
      Columns.gather(extent, cols, inner, y, yo + start, rows, 0);
      Columns.gather(extent, cols, inner, dy, dyo + start, rows, part);
      for (int c = 0; c < cols; c++) {
        int i = c * extent;
        rowBackward(spec.log(), extent, rows, i, rows, part + i, 0f, rows, 2 * part + i);
      }
      Columns.scatter(extent, cols, inner, rows, 2 * part, beta, dx, dxo + start);
    }
  }

  private void rowBackward(
      boolean log, int n, float[] y, int yo, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    if (log) {
      float sum = (float) Sums.sum(ops, n, dy, dyo);
      ops.logSoftmaxBackward(n, y, yo, dy, dyo, sum, beta, dx, dxo);
    } else {
      float dot = (float) Sums.dot(ops, n, y, yo, dy, dyo);
      ops.softmaxBackward(n, y, yo, dy, dyo, dot, beta, dx, dxo);
    }
  }

  private static int strips(SoftmaxSpec spec) {
    return Blocks.count((int) spec.axis().inner(), Columns.STRIP);
  }

  private static int units(SoftmaxSpec spec) {
    return (int) spec.axis().outer() * strips(spec);
  }

  private static int perBlock(SoftmaxSpec spec) {
    long width = Math.min(spec.axis().inner(), Columns.STRIP) * spec.axis().extent();
    return Blocks.rows(width, Blocks.HEAVY);
  }

  /** Returns where a unit's first element is. */
  private static int start(SoftmaxSpec spec, int unit) {
    int strips = strips(spec);
    int inner = (int) spec.axis().inner();
    return unit / strips * spec.axis().extent() * inner + unit % strips * Columns.STRIP;
  }

  private static int columns(SoftmaxSpec spec, int unit) {
    int strips = strips(spec);
    return Math.min(Columns.STRIP, (int) spec.axis().inner() - unit % strips * Columns.STRIP);
  }
}

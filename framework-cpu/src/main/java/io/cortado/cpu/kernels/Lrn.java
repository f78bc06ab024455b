package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/**
 * Local response normalisation across channels.
 *
 * <p>A unit of work is a strip of an image's positions in all channels, small enough for the cache.
 * The window of a channel is summed where it is used; the exponent 3/4, which every published model
 * has, is two square roots and a division.
 */
public final class Lrn {

  /** Elements of a strip: three arrays of them fit the second cache. */
  private static final int STRIP = 16_384;

  private static final int NARROWEST = 16;
  private static final float THREE_QUARTERS = 0.75f;

  private final VectorOps ops;
  private final Workers workers;
  private final FloatScratch[] scratch;

  /** Makes the kernels. */
  public Lrn(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.scratch = FloatScratch.each(workers.count());
  }

  private static int stripWidth(LrnSpec s) {
    return Math.min(s.inner(), Math.max(NARROWEST, STRIP / s.channels()));
  }

  private static int strips(LrnSpec s) {
    return Blocks.count(s.inner(), stripWidth(s));
  }

  private static int perBlock(LrnSpec s) {
    return Blocks.rows((long) s.channels() * stripWidth(s), Blocks.HEAVY);
  }

  /** Computes the output. */
  public void forward(LrnSpec s, float[] x, int xo, float[] y, int yo) {
    if (s.count() == 0) {
      return;
    }
    int units = s.outer() * strips(s);
    int perBlock = perBlock(s);
    if (units <= perBlock) {
      for (int unit = 0; unit < units; unit++) {
        forward(s, unit, 0, x, xo, y, yo);
      }
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int end = Math.min((block + 1) * perBlock, units);
          for (int unit = block * perBlock; unit < end; unit++) {
            forward(s, unit, worker, x, xo, y, yo);
          }
        });
  }

  private void forward(LrnSpec s, int unit, int worker, float[] x, int xo, float[] y, int yo) {
    int cols = columns(s, unit);
    int start = start(s, unit);
    int n = s.channels() * cols;
    float[] t = scratch[worker].get(n);
    bases(s, cols, x, xo + start, t, 0);
    power(n, s.beta(), t, 0, t, 0);
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      ops.binary(BinaryOp.MUL, cols, x, xo + at, t, c * cols, 0f, y, yo + at);
    }
  }

  /** Computes {@code dx = gradient + beta * dx} from the output y. */
  public void backward(
      LrnSpec s,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    if (s.count() == 0) {
      return;
    }
    int units = s.outer() * strips(s);
    int perBlock = perBlock(s);
    if (units <= perBlock) {
      for (int unit = 0; unit < units; unit++) {
        backward(s, unit, 0, x, xo, y, yo, dy, dyo, beta, dx, dxo);
      }
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int end = Math.min((block + 1) * perBlock, units);
          for (int unit = block * perBlock; unit < end; unit++) {
            backward(s, unit, worker, x, xo, y, yo, dy, dyo, beta, dx, dxo);
          }
        });
  }

  private void backward(
      LrnSpec s,
      int unit,
      int worker,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    int cols = columns(s, unit);
    int start = start(s, unit);
    int n = s.channels() * cols;
    float[] t = scratch[worker].get(3 * n);
    int base = 0;
    int power = n;
    int ratio = 2 * n;
    bases(s, cols, x, xo + start, t, base);
    power(n, s.beta(), t, base, t, power);
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int i = c * cols;
      ops.lrnParts(
          cols, y, yo + at, dy, dyo + at, t, base + i, t, power + i, t, ratio + i, t, power + i);
    }
    // What a channel's output loses when its base grows goes to all channels in its window.
    float factor = (float) (-2.0 * s.alpha() * s.beta() / s.size());
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int first = Math.max(0, c - s.ahead());
      int rows = Math.min(s.channels(), c + s.behind() + 1) - first;
      ops.lrnGradient(
          rows,
          cols,
          t,
          ratio + first * cols,
          cols,
          factor,
          x,
          xo + at,
          t,
          power + c * cols,
          beta,
          dx,
          dxo + at);
    }
  }

  private static int start(LrnSpec s, int unit) {
    int strips = strips(s);
    return unit / strips * s.channels() * s.inner() + unit % strips * stripWidth(s);
  }

  private static int columns(LrnSpec s, int unit) {
    return Math.min(stripWidth(s), s.inner() - unit % strips(s) * stripWidth(s));
  }

  /** Computes {@code k + alpha / size * sum of squares}. */
  private void bases(LrnSpec s, int cols, float[] x, int xo, float[] bases, int bo) {
    float factor = (float) ((double) s.alpha() / s.size());
    for (int c = 0; c < s.channels(); c++) {
      int first = Math.max(0, c - s.behind());
      int rows = Math.min(s.channels(), c + s.ahead() + 1) - first;
      int from = xo + first * s.inner();
      ops.lrnBases(rows, cols, x, from, s.inner(), factor, s.k(), bases, bo + c * cols);
    }
  }

  /** Computes {@code y = x^-exponent}. */
  private void power(int n, float exponent, float[] x, int xo, float[] y, int yo) {
    if (exponent == THREE_QUARTERS) {
      ops.inverseThreeQuarters(n, x, xo, y, yo);
      return;
    }
    ops.unary(UnaryOp.LOG, n, x, xo, y, yo);
    ops.axpby(n, -exponent, y, yo, 0f, y, yo);
    ops.unary(UnaryOp.EXP, n, y, yo, y, yo);
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.LrnKernel;
import io.cortado.cpu.simd.VectorOps;

/**
 * Local response normalisation across channels.
 *
 * <p>A unit of work is a strip of an image's positions in all channels, small enough for the cache.
 * A channel's outputs, or its parts of the gradient, come of one loop where the exponent is 3/4, as
 * every published model has it; another one takes a pass for the bases and three for the power.
 */
public final class Lrn {

  /** Elements of a strip: three arrays of them fit the second cache. */
  private static final int STRIP = 16_384;

  private static final int NARROWEST = 16;
  private static final float THREE_QUARTERS = 0.75f;

  private final VectorOps ops;
  private final LrnKernel kernel;
  private final Workers workers;
  private final FloatScratch[] scratch;

  /** Makes the kernels. */
  public Lrn(VectorOps ops, LrnKernel kernel, Workers workers) {
    this.ops = ops;
    this.kernel = kernel;
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
          int end = Blocks.end(block * perBlock, perBlock, units);
          for (int unit = block * perBlock; unit < end; unit++) {
            forward(s, unit, worker, x, xo, y, yo);
          }
        });
  }

  private void forward(LrnSpec s, int unit, int worker, float[] x, int xo, float[] y, int yo) {
    int cols = columns(s, unit);
    int start = start(s, unit);
    if (s.beta() != THREE_QUARTERS) {
      anyPower(s, cols, worker, x, xo + start, y, yo + start);
      return;
    }
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int rows = rows(s, c);
      int first = xo + start + first(s, c) * s.inner();
      kernel.threeQuarters(rows, cols, x, first, s.inner(), xo + at, factor(s), s.k(), y, yo + at);
    }
  }

  private void anyPower(LrnSpec s, int cols, int worker, float[] x, int xo, float[] y, int yo) {
    int n = s.channels() * cols;
    float[] t = scratch[worker].get(n);
    bases(s, cols, x, xo, t, 0);
    power(n, s.beta(), t, 0, t, 0);
    for (int c = 0; c < s.channels(); c++) {
      int at = c * s.inner();
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
          int end = Blocks.end(block * perBlock, perBlock, units);
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
    int ratio = 0;
    int direct = n;
    if (s.beta() == THREE_QUARTERS) {
      for (int c = 0; c < s.channels(); c++) {
        int at = start + c * s.inner();
        int i = c * cols;
        kernel.threeQuartersParts(
            rows(s, c),
            cols,
            x,
            xo + start + first(s, c) * s.inner(),
            s.inner(),
            xo + at,
            factor(s),
            s.k(),
            dy,
            dyo + at,
            t,
            ratio + i,
            t,
            direct + i);
      }
    } else {
      int base = 2 * n;
      bases(s, cols, x, xo + start, t, base);
      power(n, s.beta(), t, base, t, direct);
      for (int c = 0; c < s.channels(); c++) {
        int at = start + c * s.inner();
        int i = c * cols;
        kernel.parts(
            cols,
            y,
            yo + at,
            dy,
            dyo + at,
            t,
            base + i,
            t,
            direct + i,
            t,
            ratio + i,
            t,
            direct + i);
      }
    }
    // What a channel's output loses when its base grows goes to all channels in its window.
    float factor = (float) (-2.0 * s.alpha() * s.beta() / s.size());
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int first = Math.max(0, c - s.ahead());
      int rows = Math.min(s.channels(), c + s.behind() + 1) - first;
      kernel.gradient(
          rows,
          cols,
          t,
          ratio + first * cols,
          cols,
          factor,
          x,
          xo + at,
          t,
          direct + c * cols,
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

  /** Returns the first channel of a channel's window. */
  private static int first(LrnSpec s, int channel) {
    return Math.max(0, channel - s.behind());
  }

  /** Returns how many channels its window has. */
  private static int rows(LrnSpec s, int channel) {
    return Math.min(s.channels(), channel + s.ahead() + 1) - first(s, channel);
  }

  private static float factor(LrnSpec s) {
    return (float) ((double) s.alpha() / s.size());
  }

  /** Computes {@code k + alpha / size * sum of squares}. */
  private void bases(LrnSpec s, int cols, float[] x, int xo, float[] bases, int bo) {
    for (int c = 0; c < s.channels(); c++) {
      int from = xo + first(s, c) * s.inner();
      kernel.bases(rows(s, c), cols, x, from, s.inner(), factor(s), s.k(), bases, bo + c * cols);
    }
  }

  /** Computes {@code y = x^-exponent}. */
  private void power(int n, float exponent, float[] x, int xo, float[] y, int yo) {
    ops.unary(UnaryOp.LOG, n, x, xo, y, yo);
    ops.axpby(n, -exponent, y, yo, 0f, y, yo);
    ops.unary(UnaryOp.EXP, n, y, yo, y, yo);
  }
}

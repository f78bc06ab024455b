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
 * In a copy without gaps, the window of a channel is a few shifts by the strip's width, so that the
 * loops are long even where an image is one pixel.
 */
public final class Lrn {

  /** Elements of a strip: three arrays of them fit the second cache. */
  private static final int STRIP = 16_384;

  private static final int NARROWEST = 16;

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
    float[] t = scratch[worker].get(2 * n);
    bases(s, cols, x, xo + start, t, 0, t, n);
    power(n, s.beta(), t, n, t, n);
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      ops.binary(BinaryOp.MUL, cols, x, xo + at, t, n + c * cols, 0f, y, yo + at);
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
    int ratio = 0;
    int base = n;
    int direct = 2 * n;
    bases(s, cols, x, xo + start, t, ratio, t, base);
    power(n, s.beta(), t, base, t, direct);
    // What a channel's output loses when its base grows goes to all channels in its window.
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int i = c * cols;
      ops.binary(BinaryOp.MUL, cols, dy, dyo + at, y, yo + at, 0f, t, ratio + i);
      ops.binary(BinaryOp.MUL, cols, t, direct + i, dy, dyo + at, 0f, t, direct + i);
    }
    ops.binary(BinaryOp.DIV, n, t, ratio, t, base, 0f, t, ratio);
    windows(s.channels(), cols, s.ahead(), s.behind(), t, ratio, t, base);
    float factor = (float) (-2.0 * s.alpha() * s.beta() / s.size());
    for (int c = 0; c < s.channels(); c++) {
      int at = start + c * s.inner();
      int i = c * cols;
      ops.binary(BinaryOp.MUL, cols, t, base + i, x, xo + at, 0f, t, base + i);
      ops.axpby(cols, factor, t, base + i, 1f, t, direct + i);
      ops.axpby(cols, 1f, t, direct + i, beta, dx, dxo + at);
    }
  }

  private static int start(LrnSpec s, int unit) {
    int strips = strips(s);
    return unit / strips * s.channels() * s.inner() + unit % strips * stripWidth(s);
  }

  private static int columns(LrnSpec s, int unit) {
    return Math.min(stripWidth(s), s.inner() - unit % strips(s) * stripWidth(s));
  }

  /** Computes {@code k + alpha / size * sum of squares}; the squares are left too. */
  private void bases(
      LrnSpec s, int cols, float[] x, int xo, float[] squares, int qo, float[] bases, int bo) {
    for (int c = 0; c < s.channels(); c++) {
      int at = xo + c * s.inner();
      ops.binary(BinaryOp.MUL, cols, x, at, x, at, 0f, squares, qo + c * cols);
    }
    windows(s.channels(), cols, s.behind(), s.ahead(), squares, qo, bases, bo);
    float factor = (float) ((double) s.alpha() / s.size());
    ops.normalize(s.channels() * cols, bases, bo, 0f, factor, s.k(), bases, bo);
  }

  /** Adds up, for each channel, the channels from {@code behind} before to {@code ahead} after. */
  private void windows(
      int channels, int cols, int behind, int ahead, float[] q, int qo, float[] sums, int so) {
    int n = channels * cols;
    ops.axpby(n, 1f, q, qo, 0f, sums, so);
    for (int d = 1; d <= Math.min(behind, channels - 1); d++) {
      int by = d * cols;
      ops.axpby(n - by, 1f, q, qo, 1f, sums, so + by);
    }
    for (int d = 1; d <= Math.min(ahead, channels - 1); d++) {
      int by = d * cols;
      ops.axpby(n - by, 1f, q, qo + by, 1f, sums, so);
    }
  }

  /** Computes {@code y = x^-exponent}. */
  private void power(int n, float exponent, float[] x, int xo, float[] y, int yo) {
    ops.unary(UnaryOp.LOG, n, x, xo, y, yo);
    ops.axpby(n, -exponent, y, yo, 0f, y, yo);
    ops.unary(UnaryOp.EXP, n, y, yo, y, yo);
  }
}

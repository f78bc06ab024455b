package io.cortado.cpu.kernels;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** Optimizer steps in place. */
public final class Optimizers {

  private static final float CLIP_EPS = 1e-6f;

  private final VectorOps ops;
  private final Workers workers;
  private final Elementwise elementwise;
  private final DoubleScratch partials = new DoubleScratch();

  /** Makes the kernels. */
  public Optimizers(VectorOps ops, Workers workers, Elementwise elementwise) {
    this.ops = ops;
    this.workers = workers;
    this.elementwise = elementwise;
  }

  /** Adds 1 to the number in two words, the low one first. */
  public static void advance(int[] counter, int co) {
    if (++counter[co] == 0) {
      counter[co + 1]++;
    }
  }

  /** Returns the number in two words, the low one first. */
  private static long number(int[] counter, int co) {
    return Integer.toUnsignedLong(counter[co]) | (long) counter[co + 1] << 32;
  }

  /**
   * Takes a step of stochastic gradient descent.
   *
   * @param step the counter of steps, null where there is no momentum
   */
  public void sgd(
      SgdSpec spec,
      float[] hyper,
      int ho,
      int @Nullable [] step,
      int so,
      float[] param,
      int po,
      float[] grad,
      int go,
      float @Nullable [] momentum,
      int mo) {
    int n = (int) spec.n();
    float lr = hyper[ho + SgdSpec.LR];
    boolean first = step != null && number(step, so) == 1;
    if (n <= Blocks.LIGHT) {
      ops.sgd(spec, lr, first, n, param, po, grad, go, momentum, mo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.LIGHT),
        (block, worker) -> {
          int i = block * Blocks.LIGHT;
          int m = Math.min(Blocks.LIGHT, n - i);
          ops.sgd(spec, lr, first, m, param, po + i, grad, go + i, momentum, mo + i);
        });
  }

  /** Takes a step of Adam. */
  public void adam(
      AdamSpec spec,
      float[] hyper,
      int ho,
      int[] step,
      int so,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo) {
    int n = (int) spec.n();
    long t = number(step, so);
    float stepSize = (float) (hyper[ho + AdamSpec.LR] / spec.correction1(t));
    float invSqrtCorrection2 = (float) (1 / Math.sqrt(spec.correction2(t)));
    float decay = hyper[ho + AdamSpec.DECAY_FACTOR];
    if (n <= Blocks.LIGHT) {
      adam(spec, stepSize, invSqrtCorrection2, decay, 0, n, param, po, grad, go, m, mo, v, vo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.LIGHT),
        (block, worker) -> {
          int i = block * Blocks.LIGHT;
          int end = Blocks.end(i, Blocks.LIGHT, n);
          adam(
              spec, stepSize, invSqrtCorrection2, decay, i, end, param, po, grad, go, m, mo, v, vo);
        });
  }

  private void adam(
      AdamSpec spec,
      float stepSize,
      float invSqrtCorrection2,
      float decay,
      int first,
      int end,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo) {
    ops.adam(
        spec,
        stepSize,
        invSqrtCorrection2,
        decay,
        end - first,
        param,
        po + first,
        grad,
        go + first,
        m,
        mo + first,
        v,
        vo + first);
  }

  /** Scales x so that its norm is at most {@code maxNorm}, and writes the norm before. */
  public void clipNorm(int n, float maxNorm, float[] x, int xo, float[] norm, int no) {
    norm(n, x, xo, norm, no);
    float before = norm[no];
    float factor = maxNorm / (before + CLIP_EPS);
    // Not "factor < 1": a norm that is NaN makes all of x NaN, and is not passed over.
    if (Float.isNaN(factor)) {
      for (int i = xo; i < xo + n; i++) {
        x[i] = x[i] == 0 ? x[i] : Float.NaN;
      }
    } else if (factor < 1) {
      elementwise.axpby(n, factor, x, xo, 0f, x, xo);
    }
  }

  /** See {@link io.cortado.backend.Backend#vectorNorm}. */
  public void norm(int n, float[] x, int xo, float[] norm, int no) {
    norm[no] = (float) Math.sqrt(squares(n, x, xo));
  }

  /**
   * Returns the sum of squares: in float lanes, and once more in doubles where floats cannot hold
   * it.
   *
   * <p>A square may lose up to 2^-150, half the smallest float: below the bound these might be more
   * than a rounding of the sum.
   */
  private double squares(int n, float[] x, int xo) {
    double sum = squares(false, n, x, xo);
    boolean held = sum >= n * (double) Float.MIN_NORMAL && sum < Double.POSITIVE_INFINITY;
    return held ? sum : squares(true, n, x, xo);
  }

  private double squares(boolean wide, int n, float[] x, int xo) {
    if (n <= Blocks.LIGHT) {
      return piece(wide, n, x, xo);
    }
    int blocks = Blocks.count(n, Blocks.LIGHT);
    double[] sums = partials.zeros(blocks);
    workers.run(
        blocks,
        (block, worker) -> {
          int i = block * Blocks.LIGHT;
          sums[block] = piece(wide, Math.min(Blocks.LIGHT, n - i), x, xo + i);
        });
    double sum = 0;
    for (int b = 0; b < blocks; b++) {
      sum += sums[b];
    }
    return sum;
  }

  private double piece(boolean wide, int n, float[] x, int xo) {
    return wide ? Sums.squares(n, x, xo) : Sums.dot(ops, n, x, xo, x, xo);
  }
}

package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.WindowAxis;
import org.jspecify.annotations.Nullable;

/**
 * Pooling where cuDNN has none, or another rule.
 *
 * <p>It has no adaptive windows, none that reach beyond the padding and no dilation, and does not
 * say to which of several equal elements, or to NaN, a maximum's gradient goes.
 */
public final class PoolKernels extends Family {

  /** Makes the family of a device. */
  public PoolKernels(Kernels kernels) {
    super(kernels, "pool.cu");
  }

  /** Returns how many places of largest elements are kept. */
  public static long reserveSize(PoolSpec s) {
    return s.mode() == PoolSpec.Mode.MAX ? s.outputShape().size() : 0;
  }

  /** See {@link io.cortado.backend.Backend#pool}. */
  public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    long n = s.outputShape().size();
    if (s.mode() == PoolSpec.Mode.MAX) {
      each("pool_max", n, rows(s), columns(s), n, x, y, reserve);
    } else {
      each("pool_sum", n, s.mode().ordinal(), rows(s), columns(s), n, x, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#poolBackward}. */
  public void poolBackward(PoolSpec s, @Nullable Buffer reserve, Buffer dy, float beta, Buffer dx) {
    long n = s.inputShape().size();
    if (s.mode() == PoolSpec.Mode.MAX && reserve == null) {
      throw new BackendException(
          "poolBackward of "
              + s
              + " needs the places of the maxima: give pool a reserve of poolReserveSize elements");
    }
    each(
        "pool_backward",
        n,
        s.mode().ordinal(),
        rows(s),
        columns(s),
        n,
        s.mode() == PoolSpec.Mode.MAX ? reserve : null,
        dy,
        beta,
        dx);
  }

  /** See {@link io.cortado.backend.MaxPoolOps#maxPool}. */
  public void maxPool(MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    long n = s.outputSize();
    each(
        "max_pool",
        n,
        axis(s.depth()),
        axis(s.rows()),
        axis(s.columns()),
        s.randomAxes(),
        n,
        samples,
        x,
        y,
        places);
  }

  private static int[] axis(WindowAxis a) {
    int kind =
        switch (a.kind()) {
          case REGULAR -> 0;
          case ADAPTIVE -> 1;
          case RANDOM -> 2;
        };
    return new int[] {a.in(), a.out(), a.kernel(), a.stride(), a.padding(), a.dilation(), kind};
  }

  private static int[] rows(PoolSpec s) {
    return axis(s, s.h(), s.outH(), s.kernelH(), s.strideH(), s.padH(), s.dilationH());
  }

  private static int[] columns(PoolSpec s) {
    return axis(s, s.w(), s.outW(), s.kernelW(), s.strideW(), s.padW(), s.dilationW());
  }

  /** Returns the fields of the kernels' struct Axis. */
  private static int[] axis(
      PoolSpec s, int in, int out, int kernel, int stride, int pad, int dilation) {
    return new int[] {in, out, kernel, stride, pad, dilation, s.adaptive() ? 1 : 0};
  }
}

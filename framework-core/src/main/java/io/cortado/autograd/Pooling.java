package io.cortado.autograd;

import static io.cortado.DType.INT32;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/** Pooling. */
public final class Pooling {

  private Pooling() {}

  /**
   * Computes a two-dimensional pooling; see {@link PoolSpec}.
   *
   * @param spec made for the input's shape
   * @param x {@code [N, C, H, W]}
   */
  public static Tensor pool2d(PoolSpec spec, Tensor x) {
    Step step = Checks.step("pool2d", x);
    Checks.floats("pool2d", x);
    check(spec, x);
    Backend backend = x.device().backend();
    Tensor y = step.empty(spec.outputShape());
    boolean records = step.records(x);
    long size = records ? backend.poolReserveSize(spec) : 0;
    Buffer reserve = size == 0 ? null : step.scratch(INT32, size);
    if (x.size() > 0) { // an empty batch has no windows, and nothing to reserve
      backend.pool(spec, x.buffer(), y.buffer(), reserve);
    }
    return records ? step.record("pool2d", y, g -> backward(spec, x, y, reserve, step, g)) : y;
  }

  private static void check(PoolSpec s, Tensor x) {
    Checks.rank("pool2d", x, 4, "[N, C, H, W]");
    if (!s.adaptive()) {
      if (s.kernelH() < 1 || s.kernelW() < 1 || s.strideH() < 1 || s.strideW() < 1) {
        throw new IllegalArgumentException("pool2d: window and stride have to be at least 1: " + s);
      }
      if (s.padH() < 0
          || s.padW() < 0
          || 2 * s.padH() > s.kernelH()
          || 2 * s.padW() > s.kernelW()) {
        throw new IllegalArgumentException(
            "pool2d: padding "
                + s.padH()
                + "x"
                + s.padW()
                + " has to be 0 to half of the "
                + s.kernelH()
                + "x"
                + s.kernelW()
                + " window");
      }
    }
    if (s.outH() < 1 || s.outW() < 1 || x.dim(2) < 1 || x.dim(3) < 1) {
      throw new IllegalArgumentException(
          "pool2d: the "
              + s.kernelH()
              + "x"
              + s.kernelW()
              + " window is larger than the padded image of input "
              + x.shape()
              + "; add padding or use a smaller window");
    }
  }

  private static void backward(
      PoolSpec spec, Tensor x, Tensor y, @Nullable Buffer reserve, Step step, Gradients g) {
    if (x.size() == 0) {
      g.of(x);
      return;
    }
    x.device()
        .backend()
        .poolBackward(spec, x.buffer(), y.buffer(), reserve, g.upstream(), g.beta(x), g.of(x));
    if (reserve != null) {
      step.free(reserve);
    }
  }
}

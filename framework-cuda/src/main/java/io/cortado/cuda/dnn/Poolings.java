package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.PoolSpec.Mode;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.Launcher;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Pooling: sums and averages of plain windows by cuDNN, all else by own kernels.
 *
 * <p>Maxima are not left to cuDNN: where several elements of a window are equal it does not promise
 * which of them gets the gradient, its backward pass looks for the maximum anew, and it has no
 * dilation. The own kernel keeps the place of each maximum instead.
 */
final class Poolings implements AutoCloseable {

  private record Plan(
      cudnnPoolingDescriptor pooling,
      cudnnTensorDescriptor x,
      cudnnTensorDescriptor y,
      Pointer factor) {}

  private static final String FILE = "pool";

  private final cudnnHandle handle;
  private final Launcher launcher;
  private final PlanCache<PoolSpec, Plan> plans = new PlanCache<>(Poolings::plan);

  Poolings(cudnnHandle handle, Launcher launcher) {
    this.handle = handle;
    this.launcher = launcher;
  }

  private static Plan plan(PoolSpec s, Descriptors descriptors) {
    int mode =
        s.mode() == Mode.AVERAGE_EXCLUDE_PADDING
            ? cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING
            : cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING;
    // cuDNN has no sum, but the average over the whole window, which is some factor off.
    float factor = s.mode() == Mode.SUM ? (float) s.kernelH() * s.kernelW() : 1;
    return new Plan(
        descriptors.pooling(
            mode,
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            s.kernelH(),
            s.kernelW(),
            s.padH(),
            s.padW(),
            s.strideH(),
            s.strideW()),
        descriptors.tensor(s.n(), s.c(), s.h(), s.w()),
        descriptors.tensor(s.n(), s.c(), s.outH(), s.outW()),
        Scalars.of(factor));
  }

  /** Says whether cuDNN's rule for this pooling is the same as ours. */
  static boolean isPlain(PoolSpec s) {
    return s.mode() != Mode.MAX
        && !s.adaptive()
        && s.dilationH() == 1
        && s.dilationW() == 1
        && isPlain(s.h(), s.outH(), s.kernelH(), s.strideH(), s.padH())
        && isPlain(s.w(), s.outW(), s.kernelW(), s.strideW(), s.padW());
  }

  /** Says whether no window reaches beyond the padding, and the padding is one that cuDNN takes. */
  private static boolean isPlain(int in, int out, int kernel, int stride, int pad) {
    return pad < kernel
        && in + 2 * pad >= kernel
        && out == (in + 2 * pad - kernel) / stride + 1;
  }

  static long reserveSize(PoolSpec s) {
    return s.mode() == Mode.MAX ? s.outputShape().size() : 0;
  }

  void forward(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    if (isPlain(s)) {
      Plan p = plans.get(s);
      checkDnn(
          JCudnn.cudnnPoolingForward(
              handle, p.pooling, p.factor, p.x, pointer(x), Scalars.ZERO, p.y, pointer(y)),
          "cudnnPoolingForward",
          s);
    } else if (s.mode() == Mode.MAX) {
      launch(s, "pool_max", s.outputShape().size(), x, y, reserve);
    } else {
      launch(s, "pool_sum", s.outputShape().size(), x, y, divisor(s));
    }
  }

  void backward(
      PoolSpec s,
      Buffer x,
      Buffer y,
      @Nullable Buffer reserve,
      Buffer dy,
      float beta,
      Buffer dx) {
    if (isPlain(s)) {
      Plan p = plans.get(s);
      checkDnn(
          JCudnn.cudnnPoolingBackward(
              handle,
              p.pooling,
              p.factor,
              p.y,
              pointer(y),
              p.y,
              pointer(dy),
              p.x,
              pointer(x),
              Scalars.of(beta),
              p.x,
              pointer(dx)),
          "cudnnPoolingBackward",
          s);
    } else if (s.mode() == Mode.MAX) {
      if (reserve == null) {
        throw new BackendException(
            "poolBackward of "
                + s
                + " needs the reserve of the forward pass, of poolReserveSize elements");
      }
      launch(s, "pool_max_backward", s.inputShape().size(), reserve, dy, beta, dx);
    } else {
      launch(s, "pool_sum_backward", s.inputShape().size(), dy, beta, dx, divisor(s));
    }
  }

  /** Returns the kernels' number for what a sum is divided by. */
  private static int divisor(PoolSpec s) {
    return switch (s.mode()) {
      case SUM, MAX -> 0;
      case AVERAGE -> 1;
      case AVERAGE_EXCLUDE_PADDING -> 2;
    };
  }

  private void launch(PoolSpec s, String kernel, long count, @Nullable Object... first) {
    @Nullable Object[] geometry = {
      count,
      s.h(),
      s.w(),
      s.outH(),
      s.outW(),
      s.kernelH(),
      s.kernelW(),
      s.strideH(),
      s.strideW(),
      s.padH(),
      s.padW(),
      s.dilationH(),
      s.dilationW(),
      s.adaptive() ? 1 : 0
    };
    @Nullable Object[] all = new @Nullable Object[first.length + geometry.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(geometry, 0, all, first.length, geometry.length);
    launcher.launch(FILE, kernel, Grid.blocks(count), Grid.THREADS, all);
  }

  private static Pointer pointer(Buffer buffer) {
    return CudaBuffer.of(buffer).pointer();
  }

  @Override
  public void close() {
    plans.close();
  }
}

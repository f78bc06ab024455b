package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaMemory;
import io.cortado.cuda.Scratch;
import io.cortado.cuda.kernels.CtcKernels;
import io.cortado.cuda.kernels.CtcKernels.Packed;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnCTCLossAlgo;
import jcuda.jcudnn.cudnnCTCLossDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Connectionist temporal classification by cuDNN, within its limits.
 *
 * <p>Labels and lengths are on the device, so that a captured graph reads those of each batch.
 * {@code cudnnCTCLoss_v8} takes the softmax of x; kernels before and after make the same of it as
 * {@link CtcKernels#loss} (docs/decisions/ctc-on-the-gpu.md).
 */
final class Ctcs implements AutoCloseable {

  /** NVIDIA documents 256 labels, and 256 were seen to fail. */
  private static final int MAX_LABELS = 255;

  private static final int ALGORITHM = cudnnCTCLossAlgo.CUDNN_CTC_LOSS_ALGO_DETERMINISTIC;

  /** Of the loss alone it is told by null. */
  private static final cudnnTensorDescriptor NO_GRADIENT = new cudnnTensorDescriptor();

  /**
   * What there is of a spec.
   *
   * @param workspace bytes for the loss and its gradient
   * @param lossWorkspace bytes for the loss alone
   */
  private record Plan(
      cudnnCTCLossDescriptor ctc, cudnnTensorDescriptor x, long workspace, long lossWorkspace) {}

  private final cudnnHandle handle;
  private final CudaMemory memory;
  private final CtcKernels kernels;
  private final PlanCache<CtcSpec, Plan> plans = new PlanCache<>(this::plan);

  Ctcs(cudnnHandle handle, CudaMemory memory, CtcKernels kernels) {
    this.handle = handle;
    this.memory = memory;
    this.kernels = kernels;
  }

  private Plan plan(CtcSpec s, Descriptors descriptors) {
    cudnnCTCLossDescriptor ctc = descriptors.ctcOfLogits(s.maxTarget());
    cudnnTensorDescriptor x = descriptors.tensor(s.steps(), s.batch(), s.classes());
    return new Plan(ctc, x, workspace(s, ctc, x, x), workspace(s, ctc, x, NO_GRADIENT));
  }

  private long workspace(
      CtcSpec s, cudnnCTCLossDescriptor ctc, cudnnTensorDescriptor x, cudnnTensorDescriptor dx) {
    long[] bytes = {0};
    checkDnn(
        JCudnn.cudnnGetCTCLossWorkspaceSize_v8(handle, ALGORITHM, ctc, x, dx, bytes),
        "cudnnGetCTCLossWorkspaceSize_v8",
        s);
    return bytes[0];
  }

  /**
   * Says whether cuDNN has this loss: with blank 0, and a class and room for a label.
   *
   * <p>Offsets are 32 bits wide in its descriptors.
   */
  static boolean has(CtcSpec s) {
    return s.blank() == 0
        && s.maxTarget() > 0
        && s.maxTarget() <= MAX_LABELS
        && s.classes() > 1
        && s.size() > 0
        && s.size() <= Integer.MAX_VALUE;
  }

  void loss(
      CtcSpec s,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    Plan p = plans.get(s);
    long norms = Double.BYTES * (long) s.batch() * s.steps();
    long bytes = gradient == null ? p.lossWorkspace : p.workspace;
    try (Scratch own = memory.scratch(norms + CtcKernels.packedBytes(s));
        Scratch workspace = memory.scratch(bytes)) {
      Packed packed =
          kernels.pack(
              s, targets, inputLengths, targetLengths, own.pointer().withByteOffset(norms));
      checkDnn(
          JCudnn.cudnnCTCLoss_v8(
              handle,
              ALGORITHM,
              p.ctc,
              p.x,
              CudaBuffer.of(x).pointer(),
              packed.labels(),
              packed.labelLengths(),
              packed.inputLengths(),
              CudaBuffer.of(losses).pointer(),
              gradient == null ? NO_GRADIENT : p.x,
              gradient == null ? new CUdeviceptr() : CudaBuffer.of(gradient).pointer(),
              bytes,
              workspace.pointer()),
          "cudnnCTCLoss_v8",
          s);
      kernels.mend(s, x, inputLengths, packed, own.pointer(), losses, gradient);
    }
  }

  @Override
  public void close() {
    plans.close();
  }
}

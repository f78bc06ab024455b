package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.check;
import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.CudaMemory;
import io.cortado.cuda.Scratch;
import io.cortado.cuda.kernels.RnnKernels;
import io.cortado.cuda.kernels.RnnKernels.Part;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnForwardMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnWgradMode;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers by cuDNN: one call for all steps and both directions of a layer.
 *
 * <p>cuDNN wants all parameters in one piece of memory, in its own order. One launch copies them
 * there in the forward pass, and they stay in the reserve for the backward pass; one launch copies
 * their gradients back. cuDNN adds to gradients of weights and overwrites all others, so the former
 * start from 0, and the latter go through scratch memory where there is something to add to.
 */
final class Rnns implements AutoCloseable {

  private final CudaContext context;
  private final cudnnHandle handle;
  private final CudaMemory memory;
  private final MathPrecision precision;
  private final RnnKernels kernels;
  private final Limits limits;
  private final PlanCache<RnnLayerSpec, RnnPlan> plans;

  Rnns(
      CudaContext context,
      cudnnHandle handle,
      MathPrecision precision,
      RnnKernels kernels,
      Limits limits) {
    this.context = context;
    this.handle = handle;
    this.memory = context.memory();
    this.precision = precision;
    this.kernels = kernels;
    this.limits = limits;
    plans =
        new PlanCache<>((spec, descriptors) ->
            new RnnPlan(handle, context.memory(), precision, spec, descriptors));
  }

  /**
   * Says whether cuDNN has this layer.
   *
   * <ul>
   *   <li>It reads lengths on the host during the call. Here they are on the device: fetching them
   *       would be a wait, and a captured graph would keep those of its first batch.
   *   <li>It does not say that its ReLU lets NaN through, and a training that has diverged must
   *       show it.
   *   <li>At 16 bits it rounds states and outputs too, where only factors of products are to be.
   *   <li>For a single step, as a cell is, to bring all weights into its order costs more than the
   *       step's two products.
   *   <li>It has no layers without features, and its tensors have {@link Limits}.
   * </ul>
   */
  boolean has(RnnLayerSpec s) {
    return !s.lengths()
        && s.steps() > 1
        && s.kind() != RnnSpec.Kind.RELU
        && !precision.isSixteenBit()
        && s.input() > 0
        && s.hidden() > 0
        && (long) s.steps() * s.batch() * Math.max(s.input(), s.directions() * s.hidden())
            <= limits.elements();
  }

  long reserveSize(RnnLayerSpec s) {
    return plans.get(s).reserveSize();
  }

  void forward(
      RnnLayerSpec s,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    RnnPlan p = plans.get(s);
    if (reserve != null) {
      CUdeviceptr kept = pointer(reserve);
      CUdeviceptr own = CudaBuffer.of(reserve).at(p.cudnnsAt());
      forward(s, p, x, h0, c0, weights, y, hn, cn, kept, own);
    } else {
      try (Scratch packed = memory.scratch(p.weightBytes)) {
        forward(s, p, x, h0, c0, weights, y, hn, cn, packed.pointer(), null);
      }
    }
  }

  private void forward(
      RnnLayerSpec s,
      RnnPlan p,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      CUdeviceptr packed,
      @Nullable CUdeviceptr reserve) {
    pack(p, weights, packed);
    boolean training = reserve != null;
    long bytes = training ? p.trainingWorkspace : p.inferenceWorkspace;
    try (Scratch workspace = memory.scratch(bytes)) {
      checkDnn(
          JCudnn.cudnnRNNForward(
              handle,
              p.rnn,
              training
                  ? cudnnForwardMode.CUDNN_FWD_MODE_TRAINING
                  : cudnnForwardMode.CUDNN_FWD_MODE_INFERENCE,
              new CUdeviceptr(),
              p.x,
              pointer(x),
              p.y,
              pointer(y),
              p.states,
              pointer(h0),
              pointer(hn),
              p.states,
              pointer(c0),
              pointer(cn),
              p.weightBytes,
              packed,
              bytes,
              workspace.pointer(),
              training ? p.reserveBytes : 0,
              training ? reserve : new CUdeviceptr()),
          "cudnnRNNForward",
          s);
    }
  }

  void backwardData(
      RnnLayerSpec s,
      Buffer y,
      Buffer dy,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    RnnPlan p = plans.get(s);
    List<Part> rest = new ArrayList<>();
    try (Scratch workspace = memory.scratch(p.trainingWorkspace);
        // cuDNN computes this gradient even where nobody wants it.
        Target toX = new Target(dx, betaX, s.inputSize(), true, rest);
        Target toH = new Target(dh0, betaH, s.statesSize(), false, rest);
        Target toC = new Target(dc0, betaC, s.statesSize(), false, rest)) {
      checkDnn(
          JCudnn.cudnnRNNBackwardData_v8(
              handle,
              p.rnn,
              new CUdeviceptr(),
              p.y,
              pointer(y),
              pointer(dy),
              p.x,
              toX.pointer,
              p.states,
              pointer(h0),
              pointer(dhn),
              toH.pointer,
              p.states,
              pointer(c0),
              pointer(dcn),
              toC.pointer,
              p.weightBytes,
              pointer(reserve),
              p.trainingWorkspace,
              workspace.pointer(),
              p.reserveBytes,
              CudaBuffer.of(reserve).at(p.cudnnsAt())),
          "cudnnRNNBackwardData_v8",
          s);
      kernels.copy(rest);
    }
  }

  void backwardWeights(
      RnnLayerSpec s,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    if (gradients.stream().allMatch(RnnGradients::isEmpty)) {
      return;
    }
    RnnPlan p = plans.get(s);
    try (Scratch workspace = memory.scratch(p.trainingWorkspace);
        Scratch packed = memory.scratch(p.weightBytes)) {
      check(
          JCudaDriver.cuMemsetD32Async(
              packed.pointer(), 0, p.weightBytes / Float.BYTES, context.stream()),
          "cuMemsetD32Async",
          s);
      checkDnn(
          JCudnn.cudnnRNNBackwardWeights_v8(
              handle,
              p.rnn,
              cudnnWgradMode.CUDNN_WGRAD_MODE_ADD,
              new CUdeviceptr(),
              p.x,
              pointer(x),
              p.states,
              pointer(h0),
              p.y,
              pointer(y),
              p.weightBytes,
              packed.pointer(),
              p.trainingWorkspace,
              workspace.pointer(),
              p.reserveBytes,
              CudaBuffer.of(reserve).at(p.cudnnsAt())),
          "cudnnRNNBackwardWeights_v8",
          s);
      unpack(p, packed.pointer(), gradients);
    }
  }

  private void pack(RnnPlan p, List<RnnWeights> weights, CUdeviceptr to) {
    List<Part> parts = new ArrayList<>();
    for (RnnPlan.Run run : p.runs) {
      RnnWeights w = weights.get(run.direction());
      Buffer parameter =
          switch (run.parameter()) {
            case 0 -> w.ih();
            case 1 -> w.hh();
            case 2 -> w.biasIh();
            default -> w.biasHh();
          };
      if (parameter != null) {
        parts.add(
            new Part(
                CudaBuffer.of(parameter).at(run.from()),
                to.withByteOffset(run.at()),
                run.count(),
                0));
      }
    }
    kernels.copy(parts);
  }

  private void unpack(RnnPlan p, CUdeviceptr from, List<RnnGradients> gradients) {
    List<Part> parts = new ArrayList<>();
    for (RnnPlan.Run run : p.runs) {
      RnnGradients g = gradients.get(run.direction());
      switch (run.parameter()) {
        case 0 -> unpack(run, from, g.betaIh(), g.ih(), parts);
        case 1 -> unpack(run, from, g.betaHh(), g.hh(), parts);
        case 2 -> unpack(run, from, g.betaBiasIh(), g.biasIh(), parts);
        default -> unpack(run, from, g.betaBiasHh(), g.biasHh(), parts);
      }
    }
    kernels.copy(parts);
  }

  private static void unpack(
      RnnPlan.Run run, CUdeviceptr from, float beta, @Nullable Buffer to, List<Part> parts) {
    if (to != null) {
      parts.add(
          new Part(
              from.withByteOffset(run.at()), CudaBuffer.of(to).at(run.from()), run.count(), beta));
    }
  }

  /** Where cuDNN writes a gradient: where it belongs, or beside it if there is one to add to. */
  private final class Target implements AutoCloseable {

    final CUdeviceptr pointer;
    private final @Nullable Scratch aside;

    /**
     * Finds a place.
     *
     * @param needed whether there has to be a place even if nobody wants the gradient
     * @param rest gets what is left to add
     */
    Target(@Nullable Buffer to, float beta, long count, boolean needed, List<Part> rest) {
      aside =
          (to == null && needed) || (to != null && beta != 0)
              ? memory.scratch(count * Float.BYTES)
              : null;
      pointer = aside != null ? aside.pointer() : Rnns.pointer(to);
      if (aside != null && to != null) {
        rest.add(new Part(pointer, Rnns.pointer(to), count, beta));
      }
    }

    @Override
    public void close() {
      if (aside != null) {
        aside.close();
      }
    }
  }

  private static CUdeviceptr pointer(@Nullable Buffer buffer) {
    return buffer == null ? new CUdeviceptr() : CudaBuffer.of(buffer).pointer();
  }

  @Override
  public void close() {
    plans.close();
  }
}

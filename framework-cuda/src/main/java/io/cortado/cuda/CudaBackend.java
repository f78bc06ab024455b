package io.cortado.cuda;

import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.Recording;
import io.cortado.cuda.dnn.Limits;
import jcuda.driver.CUdevice_attribute;

/**
 * The arithmetic and memory of one NVIDIA GPU.
 *
 * <p>The operations are in the superclasses, by {@link io.cortado.backend.Backend}'s groups: each
 * makes the context current and calls a library or the kernels of {@link io.cortado.cuda.kernels}.
 */
public final class CudaBackend extends CudaTrainingOps {

  private final MathPrecision precision;
  private boolean closed;

  private CudaBackend(
      CudaContext context, MathPrecision precision, CtcChoice ctcChoice, Limits limits) {
    super(context, precision, ctcChoice, limits);
    this.precision = precision;
  }

  /** Opens a device that computes the CTC loss by own kernels. */
  static CudaBackend open(BackendOptions options, boolean exact) {
    return open(options, exact, CtcChoice.OWN);
  }

  /** Opens a device with cuDNN's own limits. */
  static CudaBackend open(BackendOptions options, boolean exact, CtcChoice ctcChoice) {
    return open(options, exact, ctcChoice, Limits.DEFAULT);
  }

  /**
   * Opens a device; the libraries have been loaded.
   *
   * @param exact whether memory is had in pieces of exactly the size asked for; see {@link
   *     CudaMemory}
   */
  static CudaBackend open(
      BackendOptions options, boolean exact, CtcChoice ctcChoice, Limits limits) {
    CudaContext context = CudaContext.open(options.ordinal(), exact);
    try {
      checkPrecision(context, options.precision());
      return new CudaBackend(context, options.precision(), ctcChoice, limits);
    } catch (RuntimeException e) {
      Closing.after(e, context::close);
      throw e;
    }
  }

  /** What a device cannot do is an error, because nothing falls back silently. */
  private static void checkPrecision(CudaContext context, MathPrecision precision) {
    int major = context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    int needed =
        switch (precision) {
          case FLOAT32 -> 0;
          case FLOAT16 -> 7;
          case TF32, BFLOAT16 -> 8;
        };
    if (major < needed) {
      throw new BackendException(
          "precision %s needs a GPU of compute capability %d.0 or more, and this is %s: use %s"
              .formatted(
                  precision.label(),
                  needed,
                  context.description(),
                  major >= 7 ? "fp16 or fp32" : "fp32"));
    }
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    return precision == MathPrecision.FLOAT32
        ? context.description()
        : context.description() + ", precision " + precision.label();
  }

  @Override
  public MathPrecision precision() {
    return precision;
  }

  @Override
  public boolean canRecord() {
    return true;
  }

  @Override
  public Recording record(Runnable work) {
    context.enter();
    return context.record(work);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Closing closing = new Closing();
    closing.step(context::enter);
    closing.step(context::synchronize);
    closing.step(dnn::close);
    closing.step(blas::close);
    closing.step(transfers::close);
    closing.step(kernels::close);
    closing.step(context::close);
    closing.finish();
  }
}

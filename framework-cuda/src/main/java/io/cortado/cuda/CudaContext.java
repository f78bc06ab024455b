package io.cortado.cuda;

import io.cortado.backend.RecordingException;
import java.util.function.Supplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * One device, opened: its primary context, its streams and its memory.
 *
 * <p>Every entry of the backend calls {@link #enter()} first, so that it does not matter which
 * thread calls, or which context that thread used before; what is below (the wrappers of libraries,
 * the kernels) may rely on it. All work goes to {@link #stream()}. What makes handles of its own
 * (cuBLAS's, cuDNN's) is closed before the context is.
 */
public final class CudaContext implements AutoCloseable {

  /** A stream that does not wait for the legacy stream. */
  private static final int NON_BLOCKING = 1;

  private final CUdevice device;
  private final CUcontext context;
  private final CUstream stream;
  private final CUstream copyStream;
  private final CudaMemory memory;
  private boolean recording;
  private boolean closed;

  private CudaContext(
      CUdevice device, CUcontext context, CUstream stream, CUstream copyStream, boolean exact) {
    this.device = device;
    this.context = context;
    this.stream = stream;
    this.copyStream = copyStream;
    this.memory = new CudaMemory(exact);
  }

  /**
   * Opens a device.
   *
   * @param exact whether memory is to be had in pieces of exactly the size asked for; see {@link
   *     CudaMemory}
   */
  static CudaContext open(int ordinal, boolean exact) {
    String what = "device " + ordinal;
    CudaErrors.check(JCudaDriver.cuInit(0), "cuInit", null);
    CUdevice device = new CUdevice();
    CudaErrors.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet", what);
    CUcontext context = new CUcontext();
    CudaErrors.check(
        JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain", what);
    return orElse(
        () -> {
          CudaErrors.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent", what);
          CUstream stream = newStream("the compute stream");
          CUstream copyStream =
              orElse(() -> newStream("the copy stream"), () -> JCudaDriver.cuStreamDestroy(stream));
          return new CudaContext(device, context, stream, copyStream, exact);
        },
        () -> JCudaDriver.cuDevicePrimaryCtxRelease(device));
  }

  private static CUstream newStream(String what) {
    CUstream stream = new CUstream();
    CudaErrors.check(JCudaDriver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate", what);
    return stream;
  }

  /**
   * Undoes what was done before if what comes next fails; its own failure is told, not the
   * undoing's.
   */
  private static <T> T orElse(Supplier<T> next, Supplier<Integer> undo) {
    try {
      return next.get();
    } catch (RuntimeException e) {
      int code = undo.get();
      if (code != 0) {
        e.addSuppressed(new IllegalStateException("undoing it failed with code " + code));
      }
      throw e;
    }
  }

  /** Makes the context the calling thread's. */
  public void enter() {
    if (closed) {
      throw new IllegalStateException("the CUDA device was closed: open a new one");
    }
    CudaErrors.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent", null);
  }

  /** Returns the stream that all work is queued on. */
  public CUstream stream() {
    return stream;
  }

  /** Returns the stream for copies that run beside the work. */
  public CUstream copyStream() {
    return copyStream;
  }

  /** Returns the pool of device memory. */
  public CudaMemory memory() {
    return memory;
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns the device. */
  public CUdevice device() {
    return device;
  }

  /** Returns one line about the device. */
  String description() {
    return "CUDA on " + DeviceInfo.of(device);
  }

  /** Returns one of the device's numbers, by its constant in {@link CUdevice_attribute}. */
  public int attribute(int attribute) {
    int[] value = {0};
    CudaErrors.check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        "cuDeviceGetAttribute",
        CUdevice_attribute.stringFor(attribute));
    return value[0];
  }

  /**
   * Complains if work is being recorded, which the host must not take part in.
   *
   * @param operation what the host wants to do, for the message
   */
  void checkNotRecording(String operation) {
    if (recording) {
      throw new RecordingException(
          operation
              + " inside a step that is being recorded: the host takes part in it. Do it outside of"
              + " the step's body");
    }
  }

  /** Makes calls that no stream sees, such as loading a module, even while work is recorded. */
  public <T> T aside(Supplier<T> calls) {
    return recording ? CudaGraph.aside(calls) : calls.get();
  }

  /** Records what work queues on the stream; see {@link CudaGraph}. */
  CudaGraph record(Runnable work) {
    checkNotRecording("a recording");
    Arena arena = memory.beginArena();
    recording = true;
    try {
      return CudaGraph.record(this, arena, work);
    } catch (RuntimeException | Error e) {
      Closing.after(e, () -> memory.close(arena));
      throw e;
    } finally {
      recording = false;
      memory.endArena();
    }
  }

  /** Waits until all work queued so far is done. */
  public void synchronize() {
    checkNotRecording("waiting for the device");
    CudaErrors.check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize", null);
  }

  /** Frees all memory, and lets the device go; a second call does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    Closing closing = new Closing();
    closing.step(this::enter);
    closed = true;
    for (CUstream queue : new CUstream[] {copyStream, stream}) {
      closing.step(() ->
          CudaErrors.check(JCudaDriver.cuStreamSynchronize(queue), "cuStreamSynchronize", null));
    }
    closing.step(memory::close);
    closing.step(
        () -> CudaErrors.check(JCudaDriver.cuStreamDestroy(copyStream), "cuStreamDestroy", null));
    closing.step(
        () -> CudaErrors.check(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy", null));
    closing.step(() ->
        CudaErrors.check(
            JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease", null));
    closing.finish();
  }
}

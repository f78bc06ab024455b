package io.cortado.cuda;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Copies between Java arrays and device memory, through page-locked memory.
 *
 * <p>An upload returns as soon as the array has been read; the copy to the device is queued. Large
 * ones (a batch) go {@linkplain Uploads beside the work}; small ones (a step's hyper-parameters) in
 * line with it, through small pieces of page-locked memory, of which there are many.
 */
final class Transfers implements AutoCloseable {

  private static final int SMALL = 64 << 10;
  private static final int LARGE = 4 << 20;

  private final CudaContext context;
  private final PinnedSlots small = new PinnedSlots(SMALL, 64);
  private final PinnedSlots large = new PinnedSlots(LARGE, 4);
  private final Uploads uploads;

  Transfers(CudaContext context) {
    this.context = context;
    this.uploads = new Uploads(context, LARGE);
  }

  /** Reads or writes part of an array of four-byte elements. */
  private interface Part {
    void move(PinnedSlots.Slot slot, int offset, int length);
  }

  private PinnedSlots slots(int length) {
    return length <= SMALL / 4 ? small : large;
  }

  void upload(float[] src, int srcOffset, CudaBuffer dst, long dstOffset, int length) {
    upload(
        (slot, from, n) -> slot.memory().asFloatBuffer().put(0, src, srcOffset + from, n),
        dst,
        dstOffset,
        length);
  }

  void upload(int[] src, int srcOffset, CudaBuffer dst, long dstOffset, int length) {
    upload(
        (slot, from, n) -> slot.memory().asIntBuffer().put(0, src, srcOffset + from, n),
        dst,
        dstOffset,
        length);
  }

  void download(CudaBuffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    download(
        src,
        srcOffset,
        (slot, to, n) -> slot.memory().asFloatBuffer().get(0, dst, dstOffset + to, n),
        length);
  }

  void download(CudaBuffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    download(
        src,
        srcOffset,
        (slot, to, n) -> slot.memory().asIntBuffer().get(0, dst, dstOffset + to, n),
        length);
  }

  private void upload(Part part, CudaBuffer dst, long dstOffset, int length) {
    context.checkNotRecording("an upload of " + length + " elements");
    CUstream stream = context.stream();
    PinnedSlots slots = slots(length);
    int step = slots.bytes() / 4;
    for (int at = 0; at < length; at += step) {
      int n = Math.min(step, length - at);
      PinnedSlots.Slot slot = slots.take();
      part.move(slot, at, n);
      CUdeviceptr to = dst.at(dstOffset + at);
      if (slots == large) {
        uploads.copy(slot, to, 4L * n);
      } else {
        CudaErrors.check(
            JCudaDriver.cuMemcpyHtoDAsync(to, slot.pointer(), 4L * n, stream),
            "cuMemcpyHtoDAsync",
            "an upload of " + n + " elements");
        slot.used(stream);
      }
    }
  }

  private void download(CudaBuffer src, long srcOffset, Part part, int length) {
    context.checkNotRecording("a download of " + length + " elements");
    CUstream stream = context.stream();
    PinnedSlots slots = slots(length);
    int step = slots.bytes() / 4;
    for (int at = 0; at < length; at += step) {
      int n = Math.min(step, length - at);
      PinnedSlots.Slot slot = slots.take();
      CUdeviceptr from = src.at(srcOffset + at);
      CudaErrors.check(
          JCudaDriver.cuMemcpyDtoHAsync(slot.pointer(), from, 4L * n, stream),
          "cuMemcpyDtoHAsync",
          "a download of " + n + " elements");
      slot.used(stream);
      context.synchronize();
      part.move(slot, at, n);
    }
  }

  /** Gives the page-locked memory back; no copy may be queued any more. */
  @Override
  public void close() {
    Closing closing = new Closing();
    closing.step(uploads::close);
    closing.step(small::close);
    closing.step(large::close);
    closing.finish();
  }
}

package io.cortado.cuda;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import jcuda.driver.JCudaDriver;

/** The memory of {@link CudaBackend}. */
abstract class CudaMemoryOps implements Backend {

  final CudaContext context;
  final Transfers transfers;

  CudaMemoryOps(CudaContext context) {
    this.context = context;
    transfers = new Transfers(context);
  }

  @Override
  public Buffer allocate(DType dtype, long length) {
    context.enter();
    return CudaBuffer.of(dtype, context.memory().allocate(multiply(length, dtype.bytes())));
  }

  /** More bytes than a long holds are more than there are, which the pool says better. */
  private static long multiply(long length, int bytes) {
    return length > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : length * bytes;
  }

  @Override
  public void release(Buffer buffer) {
    CudaBuffer whole = CudaBuffer.of(buffer);
    if (whole.isSlice()) {
      throw new IllegalArgumentException("a slice is not released: release what it is a slice of");
    }
    context.enter();
    context.memory().release(whole.block());
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return CudaBuffer.of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    context.enter();
    transfers.upload(src, srcOffset, CudaBuffer.of(dst), dstOffset, length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    context.enter();
    transfers.upload(src, srcOffset, CudaBuffer.of(dst), dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    context.enter();
    transfers.download(CudaBuffer.of(src), srcOffset, dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    context.enter();
    transfers.download(CudaBuffer.of(src), srcOffset, dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    if (length == 0) {
      return;
    }
    context.enter();
    CudaErrors.check(
        JCudaDriver.cuMemcpyDtoDAsync(
            CudaBuffer.of(dst).at(dstOffset),
            CudaBuffer.of(src).at(srcOffset),
            length * src.dtype().bytes(),
            context.stream()),
        "cuMemcpyDtoDAsync",
        "a copy of " + length + " elements");
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    if (length == 0) {
      return;
    }
    context.enter();
    CudaErrors.check(
        JCudaDriver.cuMemsetD32Async(
            CudaBuffer.of(dst).pointer(), Float.floatToRawIntBits(value), length, context.stream()),
        "cuMemsetD32Async",
        "filling " + length + " elements");
  }

  @Override
  public void synchronize() {
    context.enter();
    context.synchronize();
  }

  @Override
  public MemoryStats memory() {
    return context.memory().stats();
  }
}

package io.cortado.tck.reference;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The memory of {@link ReferenceBackend}, and its buffers as arrays. */
abstract class ReferenceMemoryOps implements Backend {

  private long inUse;
  private long peak;
  private long allocations;

  static ReferenceBuffer of(Buffer buffer) {
    return (ReferenceBuffer) buffer;
  }

  static double[] doubles(Buffer buffer, long n) {
    return of(buffer).doubles(n);
  }

  static double @Nullable [] doublesOrNull(@Nullable Buffer buffer, long n) {
    return buffer == null ? null : doubles(buffer, n);
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer allocate(DType dtype, long length) {
    if (length > Integer.MAX_VALUE / 8) {
      throw new BackendException(
          "allocate: " + length + " elements are more than this backend has; use fewer");
    }
    allocations++;
    inUse += length * dtype.bytes();
    peak = Math.max(peak, inUse);
    return ReferenceBuffer.allocate(dtype, (int) length);
  }

  @Override
  public void release(Buffer buffer) {
    inUse -= buffer.length() * buffer.dtype().bytes();
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    of(dst).set(dstOffset, src, srcOffset, length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    of(dst).set(dstOffset, src, srcOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    of(src).get(srcOffset, dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    of(src).get(srcOffset, dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    int n = Math.toIntExact(length);
    if (src.dtype() == DType.FLOAT32) {
      float[] x = new float[n];
      of(src).get(srcOffset, x, 0, n);
      of(dst).set(dstOffset, x, 0, n);
    } else {
      int[] x = new int[n];
      of(src).get(srcOffset, x, 0, n);
      of(dst).set(dstOffset, x, 0, n);
    }
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    double[] x = new double[Math.toIntExact(length)];
    Arrays.fill(x, value);
    of(dst).set(x);
  }

  @Override
  public void synchronize() {}

  @Override
  public MemoryStats memory() {
    return new MemoryStats(inUse, 0, peak, allocations);
  }
}

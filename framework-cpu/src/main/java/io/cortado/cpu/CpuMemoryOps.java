package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import java.util.Arrays;

/** The memory of {@link CpuBackend}: arrays from a pool. */
abstract class CpuMemoryOps implements Backend {

  final BufferPool buffers = new BufferPool();

  @Override
  public Buffer allocate(DType dtype, long length) {
    return buffers.allocate(dtype, length);
  }

  @Override
  public void release(Buffer buffer) {
    buffers.release(buffer);
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return Unpack.of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    System.arraycopy(src, srcOffset, floats(dst), offset(dst, dstOffset, length), length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    System.arraycopy(src, srcOffset, ints(dst), offset(dst, dstOffset, length), length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    System.arraycopy(floats(src), offset(src, srcOffset, length), dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    System.arraycopy(ints(src), offset(src, srcOffset, length), dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    int from = offset(src, srcOffset, length);
    int to = offset(dst, dstOffset, length);
    switch (src.dtype()) {
      case FLOAT32 -> System.arraycopy(floats(src), from, floats(dst), to, (int) length);
      case INT32 -> System.arraycopy(ints(src), from, ints(dst), to, (int) length);
    }
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    int from = offset(dst, 0, length);
    Arrays.fill(floats(dst), from, from + (int) length, value);
  }

  /** Does nothing: every operation is done when its method returns. */
  @Override
  public void synchronize() {}

  @Override
  public MemoryStats memory() {
    return buffers.stats();
  }
}

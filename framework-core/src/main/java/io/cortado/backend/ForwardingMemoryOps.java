package io.cortado.backend;

import io.cortado.DType;

/** The memory of {@link ForwardingBackend}, and the way that all calls take. */
abstract class ForwardingMemoryOps implements Backend {

  final Backend delegate;

  ForwardingMemoryOps(Backend delegate) {
    this.delegate = delegate;
  }

  /** Returns the backend behind this one. */
  protected final Backend delegate() {
    return delegate;
  }

  /** Runs an operation; all that compute pass here. */
  protected void call(String operation, Runnable work) {
    work.run();
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer allocate(DType dtype, long length) {
    return delegate.allocate(dtype, length);
  }

  @Override
  public void release(Buffer buffer) {
    delegate.release(buffer);
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return delegate.slice(buffer, offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    call("upload", () -> delegate.upload(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    call("upload", () -> delegate.upload(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    call("download", () -> delegate.download(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    call("download", () -> delegate.download(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    call("copy", () -> delegate.copy(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    call("fill", () -> delegate.fill(dst, length, value));
  }

  @Override
  public void synchronize() {
    delegate.synchronize();
  }

  @Override
  public MemoryStats memory() {
    return delegate.memory();
  }
}

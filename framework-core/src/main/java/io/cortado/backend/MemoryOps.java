package io.cortado.backend;

import io.cortado.DType;

/** The memory of one device, and the ways into and out of it. */
public interface MemoryOps {

  /**
   * Hands out a buffer of at least {@code length} elements, contents undefined.
   *
   * @throws BackendException if there is no memory left
   */
  Buffer allocate(DType dtype, long length);

  /** Takes back a buffer that {@link #allocate} gave; slices of it must not be used afterwards. */
  void release(Buffer buffer);

  /**
   * Returns a view of part of a buffer; it shares the elements and is not released.
   *
   * <p>The offset is a multiple of 64 elements wherever core asks for slices that are written by
   * their own.
   */
  Buffer slice(Buffer buffer, long offset, long length);

  /** Copies from Java memory; the array may be changed as soon as this returns. */
  void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length);

  /** Copies from Java memory; the array may be changed as soon as this returns. */
  void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length);

  /** Copies to Java memory, once all operations called before are done. */
  void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length);

  /** Copies to Java memory, once all operations called before are done. */
  void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length);

  /** Copies {@code length} elements between buffers of one type that do not overlap. */
  void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length);

  /** Sets the first {@code length} elements of a float buffer. */
  void fill(Buffer dst, long length, float value);

  /** Waits until all operations called before are done. */
  void synchronize();

  /** Returns what the memory pool has done so far. */
  MemoryStats memory();
}

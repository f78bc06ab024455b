package io.cortado.cuda;

import io.cortado.DType;
import io.cortado.backend.Buffer;
import jcuda.driver.CUdeviceptr;

/**
 * A run of elements in device memory: a block of the pool, or part of one.
 *
 * <p>A slice knows the block that it is of, which tells a released block's slices from live ones.
 */
public final class CudaBuffer implements Buffer {

  private final DType dtype;
  private final long length;
  private final CUdeviceptr pointer;
  private final Block block;
  private final boolean slice;

  private CudaBuffer(DType dtype, long length, CUdeviceptr pointer, Block block, boolean slice) {
    this.dtype = dtype;
    this.length = length;
    this.pointer = pointer;
    this.block = block;
    this.slice = slice;
  }

  /** Makes the buffer of a whole block. */
  static CudaBuffer of(DType dtype, Block block) {
    long length = block.bytes / dtype.bytes();
    return new CudaBuffer(dtype, length, block.pointer(), block, false);
  }

  /** Returns the buffer that a {@link io.cortado.backend.Buffer} of this backend is. */
  public static CudaBuffer of(Buffer buffer) {
    return (CudaBuffer) buffer;
  }

  /** Returns a view of part of this buffer. */
  public CudaBuffer slice(long offset, long elements) {
    return new CudaBuffer(dtype, elements, at(offset), block, true);
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long length() {
    return length;
  }

  /** Returns the address of the first element. */
  public CUdeviceptr pointer() {
    return pointer;
  }

  /** Returns the address of an element. */
  public CUdeviceptr at(long element) {
    return element == 0 ? pointer : pointer.withByteOffset(element * dtype.bytes());
  }

  /** Returns the block of memory that this is, or is part of. */
  Block block() {
    return block;
  }

  /** Says whether this is a view that somebody else's buffer owns. */
  boolean isSlice() {
    return slice;
  }
}

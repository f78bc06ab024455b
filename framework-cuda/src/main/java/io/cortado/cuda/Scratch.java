package io.cortado.cuda;

import jcuda.driver.CUdeviceptr;

/**
 * Device memory for the duration of one operation: a library's workspace, a reduction's partial
 * sums.
 *
 * <p>Closing gives it back at once, while the work that uses it may still be queued: whoever gets
 * it next works on the same stream, and so after it.
 */
public final class Scratch implements AutoCloseable {

  private final CudaMemory memory;
  private final Block block;

  Scratch(CudaMemory memory, Block block) {
    this.memory = memory;
    this.block = block;
  }

  /** Returns the address, a multiple of 256. */
  public CUdeviceptr pointer() {
    return block.pointer();
  }

  /** Returns how many bytes there are, at least as many as were asked for. */
  public long bytes() {
    return block.bytes;
  }

  @Override
  public void close() {
    memory.release(block);
  }
}

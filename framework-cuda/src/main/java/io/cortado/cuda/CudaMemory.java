package io.cortado.cuda;

import io.cortado.backend.BackendException;
import io.cortado.backend.MemoryStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * The pool of device memory.
 *
 * <p>Asks the driver for large segments and hands out blocks of them, the smallest that fits, split
 * where much would be left, and joined again with their neighbours when they come back. A block
 * that comes back may be handed out again at once: all work is queued on one stream, in order.
 * Requests of up to {@link #SMALL_REQUEST} bytes have segments of their own, so that they do not
 * tear the large ones.
 *
 * <p>The exact mode is for tests: each request is an allocation of its own, of just the bytes asked
 * for, and a released one goes back to the driver, so that whatever watches the bounds of memory
 * sees those of the operands.
 */
public final class CudaMemory implements AutoCloseable {

  /** Blocks start at multiples of this, as vector loads and libraries want. */
  private static final long ALIGNMENT = 256;

  private static final long SMALL_REQUEST = 1L << 20;
  private static final long SMALL_SEGMENT = 2L << 20;
  private static final long LARGE_SEGMENT = 32L << 20;
  private static final long ROUNDING = 2L << 20;

  private final boolean exact;
  private final FreeBlocks free = new FreeBlocks();
  private final Set<Block> used = new LinkedHashSet<>();
  private final List<Arena> arenas = new ArrayList<>();
  private @Nullable Arena recording;
  private long inUse;
  private long reserved;
  private long peak;
  private long systemAllocations;

  CudaMemory(boolean exact) {
    this.exact = exact;
  }

  /**
   * Returns memory for the duration of one operation, at least one byte.
   *
   * @throws BackendException if there is no memory left
   */
  public Scratch scratch(long bytes) {
    return new Scratch(this, allocate(bytes));
  }

  /** Hands out a block. */
  Block allocate(long bytes) {
    Block block = exact ? segment(Math.max(bytes, 4), false, bytes) : pooled(bytes);
    block.arena = recording;
    used.add(block);
    peak = Math.max(peak, inUse);
    return block;
  }

  private Block pooled(long bytes) {
    // What is nearly all of a long leaves no room for rounding up.
    long size = bytes > Long.MAX_VALUE - ROUNDING ? bytes : roundUp(Math.max(bytes, 1), ALIGNMENT);
    boolean small = size <= SMALL_REQUEST;
    Block block = recording == null ? null : recording.free.take(small, size);
    if (block != null && recording != null) { // counted as in use all the time
      cut(block, size, recording.free);
      return block;
    }
    block = free.take(small, size);
    if (block == null) {
      long wanted =
          small
              ? SMALL_SEGMENT
              : size < LARGE_SEGMENT / 2 ? LARGE_SEGMENT : roundUp(size, ROUNDING);
      block = segment(wanted, small, bytes);
      inUse -= block.bytes;
    }
    cut(block, size, free);
    inUse += block.bytes;
    return block;
  }

  /** Gives back what of a block is much more than is needed. */
  private static void cut(Block block, long size, FreeBlocks to) {
    if (block.bytes - size >= (block.segment.small() ? ALIGNMENT : SMALL_REQUEST)) {
      to.add(block.split(size));
    }
  }

  private static long roundUp(long bytes, long multiple) {
    return Math.ceilDiv(bytes, multiple) * multiple;
  }

  private Block segment(long bytes, boolean small, long requested) {
    CUdeviceptr pointer = new CUdeviceptr();
    int code = recording == null ? allocate(pointer, bytes) : allocateAside(pointer, bytes);
    if (code == CudaErrors.OUT_OF_MEMORY) {
      throw outOfMemory(requested);
    }
    CudaErrors.check(code, "cuMemAlloc", bytes + " bytes");
    systemAllocations++;
    reserved += bytes;
    inUse += bytes;
    return new Block(new Block.Segment(systemAllocations, pointer, bytes, small), 0, bytes);
  }

  private int allocate(CUdeviceptr pointer, long bytes) {
    int code = JCudaDriver.cuMemAlloc(pointer, bytes);
    if (code == CudaErrors.OUT_OF_MEMORY) {
      trim();
      code = JCudaDriver.cuMemAlloc(pointer, bytes);
    }
    return code;
  }

  /**
   * Allocates while the thread records, which is not part of the recording. Nothing is trimmed: to
   * free memory would be to wait for the device.
   */
  private static int allocateAside(CUdeviceptr pointer, long bytes) {
    int[] code = {CudaErrors.OUT_OF_MEMORY};
    try {
      return CudaGraph.aside(() -> code[0] = JCudaDriver.cuMemAlloc(pointer, bytes));
    } catch (BackendException e) {
      // The thread's mode could not be put back, and nobody will know of the memory.
      if (code[0] == 0) {
        Closing.after(
            e,
            () -> CudaErrors.check(JCudaDriver.cuMemFree(pointer), "cuMemFree", bytes + " bytes"));
      }
      throw e;
    }
  }

  private BackendException outOfMemory(long requested) {
    long[] free = {0};
    long[] total = {0};
    CudaErrors.check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo", null);
    String largest =
        used.stream()
            .map(block -> block.bytes)
            .sorted(Comparator.reverseOrder())
            .limit(5)
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return new BackendException(
        "out of device memory: %d bytes were asked for; of %d bytes %d are free, %d are in use here and %d cached%s. Use a smaller batch, or close what is no longer needed (other programs on the device too)."
            .formatted(
                requested,
                total[0],
                free[0],
                inUse,
                reserved - inUse,
                largest.isEmpty() ? "" : " (the largest buffers: " + largest + " bytes)"));
  }

  /** Takes a block back. */
  void release(Block block) {
    if (!used.remove(block)) {
      throw new IllegalStateException(
          "a buffer was released that is not in use: it was released before, or belongs to another"
              + " device");
    }
    Arena arena = recording == null ? block.arena : recording;
    block.arena = null;
    if (arena == null) {
      giveBack(block);
    } else {
      arena.free.add(block);
    }
  }

  private void giveBack(Block block) {
    inUse -= block.bytes;
    if (exact) {
      free(block.segment);
    } else {
      free.add(block);
    }
  }

  /**
   * Begins to keep what is released, for the recording that begins.
   *
   * @return what {@link #close(Arena)} ends
   */
  Arena beginArena() {
    Arena arena = new Arena();
    arenas.add(arena);
    recording = arena;
    return arena;
  }

  /** Ends the recording; what was released meanwhile stays its own. */
  void endArena() {
    recording = null;
  }

  /** Gives the memory of a recording to all. */
  void close(Arena arena) {
    if (arenas.remove(arena)) {
      for (Block block : used) {
        if (block.arena == arena) {
          block.arena = null;
        }
      }
      arena.free.takeAll().forEach(this::giveBack);
    }
  }

  /** Says whether a block is handed out. */
  boolean isLive(Block block) {
    return used.contains(block);
  }

  /** Gives all segments of which nothing is in use back to the driver; waits for the device. */
  public void trim() {
    for (Block block : free.takeWhole()) {
      free(block.segment);
    }
  }

  private void free(Block.Segment segment) {
    reserved -= segment.bytes();
    CudaErrors.check(
        JCudaDriver.cuMemFree(segment.pointer()), "cuMemFree", segment.bytes() + " bytes");
  }

  /** Returns what the pool has done so far. */
  public MemoryStats stats() {
    return new MemoryStats(inUse, reserved - inUse, peak, systemAllocations);
  }

  /** Gives everything back to the driver, what is still in use too. */
  @Override
  public void close() {
    Set<Block.Segment> segments = new LinkedHashSet<>();
    for (Block block : used) {
      segments.add(block.segment);
    }
    free.takeAll().forEach(block -> segments.add(block.segment));
    for (Arena arena : arenas) {
      arena.free.takeAll().forEach(block -> segments.add(block.segment));
    }
    arenas.clear();
    used.clear();
    inUse = 0;
    List<BackendException> failures = new ArrayList<>();
    for (Block.Segment segment : segments) {
      try {
        free(segment);
      } catch (BackendException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}

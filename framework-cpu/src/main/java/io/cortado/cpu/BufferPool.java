package io.cortado.cpu;

import io.cortado.DType;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps released arrays for the next request of about their size.
 *
 * <p>Lengths are rounded up to one of eight sizes for each power of two, so at most an eighth is
 * wasted (or 63 elements). A released buffer serves only requests of its own size class: a steady
 * training loop finds each of its buffers again and asks the system for nothing. A hit allocates
 * nothing, the buffer objects being kept with their arrays.
 */
final class BufferPool {

  private static final int GRANULE = 64;
  private static final int STEPS_LOG2 = 3;
  private static final int STEPS = 1 << STEPS_LOG2;

  /** Some virtual machines cannot make longer arrays. */
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  /** Makes arrays; a test replaces it by one that runs out of memory. */
  @FunctionalInterface
  interface Factory {
    CpuBuffer create(DType dtype, int length, Object owner);
  }

  private final Factory factory;
  private final Stack[] floats = stacks();
  private final Stack[] ints = stacks();
  private long inUseBytes;
  private long cachedBytes;
  private long peakBytes;
  private long systemAllocations;

  BufferPool() {
    this(CpuBuffer::create);
  }

  BufferPool(Factory factory) {
    this.factory = factory;
  }

  /**
   * Hands out a buffer.
   *
   * @throws BackendException if there is no memory for it, even after the cache was given up
   */
  CpuBuffer allocate(DType dtype, long length) {
    if (length > MAX_LENGTH) {
      throw new BackendException(
          "cannot allocate %d elements: a buffer of the cpu backend is a Java array and holds at most %d; make the layer or the batch smaller, or split the tensor"
              .formatted(length, MAX_LENGTH));
    }
    int sizeClass = sizeClass((int) length);
    Stack stack = (dtype == DType.FLOAT32 ? floats : ints)[sizeClass];
    CpuBuffer buffer = stack.pop();
    if (buffer == null) {
      buffer = create(dtype, classLength(sizeClass));
    } else {
      cachedBytes -= bytes(buffer);
      buffer.state(CpuBuffer.State.IN_USE);
    }
    inUseBytes += bytes(buffer);
    peakBytes = Math.max(peakBytes, inUseBytes);
    return buffer;
  }

  /** Takes a buffer back. */
  void release(Buffer released) {
    if (!(released instanceof CpuBuffer buffer) || buffer.owner() != this) {
      throw new IllegalArgumentException(
          "cannot release " + released + ": another backend allocated it; release it there");
    }
    switch (buffer.state()) {
      case IN_USE -> {
        buffer.state(CpuBuffer.State.CACHED);
        (buffer.dtype() == DType.FLOAT32 ? floats : ints)
            [sizeClass((int) buffer.length())].push(buffer);
        inUseBytes -= bytes(buffer);
        cachedBytes += bytes(buffer);
      }
      case CACHED ->
          throw new IllegalStateException(
              "cannot release " + buffer + ": it was released before; release a buffer once");
      case SLICE ->
          throw new IllegalArgumentException(
              "cannot release " + buffer + ": release the buffer that it is part of");
    }
  }

  /** Gives all cached arrays to the garbage collector. */
  void trim() {
    for (Stack stack : floats) {
      stack.clear();
    }
    for (Stack stack : ints) {
      stack.clear();
    }
    cachedBytes = 0;
  }

  MemoryStats stats() {
    return new MemoryStats(inUseBytes, cachedBytes, peakBytes, systemAllocations);
  }

  private CpuBuffer create(DType dtype, int length) {
    systemAllocations++;
    try {
      return factory.create(dtype, length, this);
    } catch (OutOfMemoryError first) {
      long cached = cachedBytes;
      trim();
      try {
        return factory.create(dtype, length, this);
      } catch (OutOfMemoryError second) {
        throw new BackendException(
            "out of memory: %d bytes requested, %d in use, %d cached (given up, and it was not enough), the heap's limit is %d; raise it (java -Xmx...), or use a smaller batch"
                .formatted(
                    (long) length * dtype.bytes(),
                    inUseBytes,
                    cached,
                    Runtime.getRuntime().maxMemory()),
            second);
      }
    }
  }

  private static long bytes(CpuBuffer buffer) {
    return buffer.length() * buffer.dtype().bytes();
  }

  /** Returns the number of the smallest class that has room for a length. */
  static int sizeClass(int length) {
    int granules = Math.max(1, (length - 1) / GRANULE + 1);
    if (granules <= STEPS) {
      return granules - 1;
    }
    // Above 8 granules: the three bits below the highest say which eighth, rounded up.
    int last = granules - 1;
    int shift = 31 - Integer.numberOfLeadingZeros(last) - STEPS_LOG2;
    return STEPS * (shift + 1) + (last >>> shift) - STEPS;
  }

  /** Returns how many elements the buffers of a class have. */
  static int classLength(int sizeClass) {
    if (sizeClass < STEPS) {
      return (sizeClass + 1) * GRANULE;
    }
    int shift = sizeClass / STEPS - 1;
    long granules = (long) (sizeClass % STEPS + STEPS + 1) << shift;
    return (int) Math.min(granules * GRANULE, MAX_LENGTH);
  }

  private static Stack[] stacks() {
    Stack[] stacks = new Stack[sizeClass(MAX_LENGTH) + 1];
    for (int i = 0; i < stacks.length; i++) {
      stacks[i] = new Stack();
    }
    return stacks;
  }

  /** The cached buffers of one class, the last released on top. */
  private static final class Stack {

    private @Nullable CpuBuffer[] buffers = new CpuBuffer[4];
    private int size;

    void push(CpuBuffer buffer) {
      if (size == buffers.length) {
        buffers = Arrays.copyOf(buffers, 2 * size);
      }
      buffers[size++] = buffer;
    }

    @Nullable CpuBuffer pop() {
      if (size == 0) {
        return null;
      }
      CpuBuffer top = buffers[--size];
      buffers[size] = null;
      return top;
    }

    void clear() {
      Arrays.fill(buffers, null);
      size = 0;
    }
  }
}

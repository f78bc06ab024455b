package io.cortado.cpu;

import io.cortado.DType;
import io.cortado.backend.Buffer;
import org.jspecify.annotations.Nullable;

/** A part of a Java array. */
final class CpuBuffer implements Buffer {

  /** What a buffer is at the moment; the pool reuses the objects. */
  enum State {
    /** Handed out by the pool. */
    IN_USE,
    /** Released, waiting in the pool. */
    CACHED,
    /** Part of another buffer. */
    SLICE
  }

  private final float @Nullable [] floats;
  private final int @Nullable [] ints;
  private final int offset;
  private final int length;
  private final Object owner;
  private State state;

  private CpuBuffer(
      float @Nullable [] floats,
      int @Nullable [] ints,
      int offset,
      int length,
      Object owner,
      State state) {
    this.floats = floats;
    this.ints = ints;
    this.offset = offset;
    this.length = length;
    this.owner = owner;
    this.state = state;
  }

  /** Makes a new array for the pool that owns it. */
  static CpuBuffer create(DType dtype, int length, Object owner) {
    return switch (dtype) {
      case FLOAT32 -> new CpuBuffer(new float[length], null, 0, length, owner, State.IN_USE);
      case INT32 -> new CpuBuffer(null, new int[length], 0, length, owner, State.IN_USE);
    };
  }

  /** Returns a view of {@code size} elements from {@code start} on. */
  CpuBuffer slice(long start, long size) {
    if (start < 0 || size < 0 || start > length - size) {
      throw new IndexOutOfBoundsException(
          "slice of " + size + " elements from " + start + " of a buffer of " + length);
    }
    return new CpuBuffer(floats, ints, offset + (int) start, (int) size, owner, State.SLICE);
  }

  /** Returns the array of a FLOAT32 buffer; its elements begin at {@link #offset()}. */
  float[] floats() {
    if (state == State.CACHED) {
      throw new IllegalStateException(this + " was used after its release");
    }
    if (floats == null) {
      throw new IllegalArgumentException("an INT32 buffer where a FLOAT32 buffer is needed");
    }
    return floats;
  }

  /** Returns the array of an INT32 buffer; its elements begin at {@link #offset()}. */
  int[] ints() {
    if (state == State.CACHED) {
      throw new IllegalStateException(this + " was used after its release");
    }
    if (ints == null) {
      throw new IllegalArgumentException("a FLOAT32 buffer where an INT32 buffer is needed");
    }
    return ints;
  }

  int offset() {
    return offset;
  }

  Object owner() {
    return owner;
  }

  State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  @Override
  public DType dtype() {
    return floats != null ? DType.FLOAT32 : DType.INT32;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public String toString() {
    return dtype()
        + " buffer of "
        + length
        + " elements"
        + (state == State.SLICE ? " (slice)" : "");
  }
}

package io.cortado.cuda;

import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a segment of device memory, in use or free.
 *
 * <p>The blocks of a segment are a list in the order of their addresses, so that a free one can be
 * split, and joined with its neighbours.
 */
final class Block {

  final Segment segment;
  final long offset;
  long bytes;
  @Nullable FreeBlocks owner; // while it is free
  @Nullable Arena arena; // of the recording in which it was handed out, while that is open
  @Nullable Block before;
  @Nullable Block after;

  Block(Segment segment, long offset, long bytes) {
    this.segment = segment;
    this.offset = offset;
    this.bytes = bytes;
  }

  /** What one call of cuMemAlloc gave. */
  record Segment(long id, CUdeviceptr pointer, long bytes, boolean small) {}

  CUdeviceptr pointer() {
    return offset == 0 ? segment.pointer() : segment.pointer().withByteOffset(offset);
  }

  /** Cuts this block after some bytes and returns the new block behind them. */
  Block split(long size) {
    Block rest = new Block(segment, offset + size, bytes - size);
    rest.before = this;
    rest.after = after;
    if (after != null) {
      after.before = rest;
    }
    after = rest;
    bytes = size;
    return rest;
  }

  /** Takes in the block behind this one. */
  void join(Block next) {
    bytes += next.bytes;
    after = next.after;
    if (after != null) {
      after.before = this;
    }
  }

  /** Says whether this is all there is of the segment. */
  boolean isWhole() {
    return before == null && after == null;
  }
}

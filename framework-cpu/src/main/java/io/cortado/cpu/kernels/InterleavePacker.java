package io.cortado.cpu.kernels;

/**
 * Copies part of a matrix whose neighbours lie {@code ld} apart into slivers, the order in which a
 * micro-kernel reads it.
 *
 * <p>A sliver holds, for each step of the summed extent, {@code width} neighbours of the other
 * extent. Packing makes all reads of the kernel consecutive, and is done once for many tiles. Reads
 * several stored rows side by side and interleaves them: a transposition in strips, about one cycle
 * an element.
 */
final class InterleavePacker {

  private final int width;

  InterleavePacker(int width) {
    this.width = width;
  }

  /**
   * Packs one sliver, {@code depth} rows of {@code width}.
   *
   * @param src the matrix, from {@code off} on, its stored rows {@code ld} apart
   * @param start the first neighbour
   * @param count how many there are, at most width; the rest is filled with zeros
   * @param from the first step of the summed extent
   * @param depth how many steps
   */
  void pack(
      float[] src,
      int off,
      int ld,
      int start,
      int count,
      int from,
      int depth,
      float[] dst,
      int dstOff) {
    int s = off + start * ld + from;
    int i = 0;
    for (; i <= count - 4; i += 4) {
      four(src, s + i * ld, ld, depth, dst, dstOff + i);
    }
    for (; i <= count - 2; i += 2) {
      two(src, s + i * ld, ld, depth, dst, dstOff + i);
    }
    for (; i < count; i++) {
      one(src, s + i * ld, depth, dst, dstOff + i);
    }
    for (; i < width; i++) {
      for (int p = 0; p < depth; p++) {
        dst[dstOff + p * width + i] = 0;
      }
    }
  }

  private void four(float[] src, int s0, int ld, int depth, float[] dst, int dstOff) {
    int s1 = s0 + ld;
    int s2 = s1 + ld;
    int s3 = s2 + ld;
    int d = dstOff;
    for (int p = 0; p < depth; p++) {
      dst[d] = src[s0 + p];
      dst[d + 1] = src[s1 + p];
      dst[d + 2] = src[s2 + p];
      dst[d + 3] = src[s3 + p];
      d += width;
    }
  }

  private void two(float[] src, int s0, int ld, int depth, float[] dst, int dstOff) {
    int s1 = s0 + ld;
    int d = dstOff;
    for (int p = 0; p < depth; p++) {
      dst[d] = src[s0 + p];
      dst[d + 1] = src[s1 + p];
      d += width;
    }
  }

  private void one(float[] src, int s0, int depth, float[] dst, int dstOff) {
    int d = dstOff;
    for (int p = 0; p < depth; p++) {
      dst[d] = src[s0 + p];
      d += width;
    }
  }
}

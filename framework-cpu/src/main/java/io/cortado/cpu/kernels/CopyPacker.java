package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.GemmKernel;

/**
 * Packs a matrix whose neighbours lie side by side: B as it is, A transposed.
 *
 * <p>Each row of a sliver is one short copy; bound by the first-level cache's stores.
 */
final class CopyPacker implements Packer {

  private final GemmKernel kernel;
  private final int width;

  CopyPacker(GemmKernel kernel, int width) {
    this.kernel = kernel;
    this.width = width;
  }

  @Override
  public void pack(
      float[] src,
      int off,
      int ld,
      int start,
      int count,
      int from,
      int depth,
      float[] dst,
      int dstOff) {
    int s = off + from * ld + start;
    if (count == width && width == kernel.columns()) {
      kernel.copyRows(depth, src, s, ld, dst, dstOff);
      return;
    }
    int d = dstOff;
    for (int p = 0; p < depth; p++) {
      for (int i = 0; i < count; i++) {
        dst[d + i] = src[s + i];
      }
      for (int i = count; i < width; i++) {
        dst[d + i] = 0;
      }
      s += ld;
      d += width;
    }
  }
}

package io.cortado.cpu.simd;

/**
 * NCHW to cells and back in plain Java: transpositions, four channels at a time.
 *
 * <p>Bound by one load and one store an element.
 */
final class WinogradCells {

  private WinogradCells() {}

  static void interleave(
      int lanes,
      int count,
      int channels,
      float[] src,
      int srcOff,
      int plane,
      float[] dst,
      int dstOff) {
    int l = 0;
    for (; l <= channels - 4; l += 4) {
      four(lanes, count, src, srcOff + l * plane, plane, dst, dstOff + l);
    }
    for (; l < channels; l++) {
      int s = srcOff + l * plane;
      for (int p = 0; p < count; p++) {
        dst[dstOff + p * lanes + l] = src[s + p];
      }
    }
    for (; l < lanes; l++) {
      for (int p = 0; p < count; p++) {
        dst[dstOff + p * lanes + l] = 0;
      }
    }
  }

  private static void four(
      int lanes, int count, float[] src, int s0, int plane, float[] dst, int dstOff) {
    int s1 = s0 + plane;
    int s2 = s1 + plane;
    int s3 = s2 + plane;
    int d = dstOff;
    for (int p = 0; p < count; p++) {
      dst[d] = src[s0 + p];
      dst[d + 1] = src[s1 + p];
      dst[d + 2] = src[s2 + p];
      dst[d + 3] = src[s3 + p];
      d += lanes;
    }
  }

  static void deinterleave(
      int lanes,
      int count,
      int channels,
      float[] src,
      int srcOff,
      float beta,
      float[] dst,
      int dstOff,
      int plane) {
    for (int l = 0; l < channels; l++) {
      int s = srcOff + l;
      int d = dstOff + l * plane;
      if (beta == 0) {
        for (int p = 0; p < count; p++) {
          dst[d + p] = src[s];
          s += lanes;
        }
      } else {
        for (int p = 0; p < count; p++) {
          dst[d + p] = src[s] + beta * dst[d + p];
          s += lanes;
        }
      }
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.LaneKernel;
import java.util.Arrays;

/**
 * Brings rows of several images into the lanes' layout (see {@link LaneKernel}), zeros around them.
 *
 * <p>Each source element is read and written once. Bound by the first-level cache.
 *
 * @param lanes images in an element
 * @param sourceH rows of the source
 * @param sourceW columns of the source
 * @param strideW columns between neighbouring windows: so many phases lie one behind the other in a
 *     row, and what neighbouring windows read are neighbours
 * @param padLeft zeros to the left, in elements
 * @param width elements of a phase, the zeros on both sides among them
 * @param place where each element of a source plane lies in a staged plane
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record LaneStaging(
    int lanes, int sourceH, int sourceW, int strideW, int padLeft, int width, int[] place) {

  /**
   * Lays out a source.
   *
   * @param least columns that are read, from the first zero on the left
   */
  static LaneStaging of(int lanes, int sourceH, int sourceW, int strideW, int padLeft, int least) {
    int width = Extents.ceilDiv(Math.max(padLeft + sourceW, least), strideW);
    int[] place = new int[sourceH * sourceW];
    LaneStaging staging = new LaneStaging(lanes, sourceH, sourceW, strideW, padLeft, width, place);
    for (int i = 0; i < place.length; i++) {
      int row = i / sourceW;
      place[i] = row * staging.rowSize() + staging.column(padLeft + i % sourceW);
    }
    return staging;
  }

  /** Returns the floats of a staged row. */
  int rowSize() {
    return strideW * width * lanes;
  }

  /** Returns where in its row a column lies, counted from the first zero on the left. */
  int column(int x) {
    return (x % strideW * width + x / strideW) * lanes;
  }

  /** Returns where each lane's image starts, for images {@code stride} apart. */
  static int[] imagePlace(int lanes, int stride) {
    int[] place = new int[lanes];
    for (int i = 0; i < lanes; i++) {
      place[i] = i * stride;
    }
    return place;
  }

  /**
   * Stages rows from {@code from} to {@code to}, which may lie outside the source: they are zeros.
   *
   * @param srcOff where the first channel's plane of the first image starts
   * @param imagePlace where each lane's image starts
   * @param channelStep how far channels lie apart in dst
   */
  void stage(
      LaneKernel kernel,
      int images,
      int channels,
      float[] src,
      int srcOff,
      int[] imagePlace,
      int from,
      int to,
      float[] dst,
      int channelStep) {
    int first = Math.clamp(0, from, to);
    int end = Math.clamp(sourceH, first, to);
    int row = rowSize();
    for (int c = 0; c < channels; c++) {
      int base = c * channelStep - from * row;
      Arrays.fill(dst, c * channelStep, base + first * row, 0);
      Arrays.fill(dst, base + end * row, base + to * row, 0);
      if (row > sourceW * lanes) {
        clearMargins(dst, base + first * row, end - first);
      }
      int at = srcOff + (c * sourceH + first) * sourceW;
      int count = (end - first) * sourceW;
      kernel.toLanes(images, count, src, at, imagePlace, dst, base, place, first * sourceW);
    }
  }

  private void clearMargins(float[] dst, int dstOff, int rows) {
    int row = rowSize();
    if (strideW > 1) {
      Arrays.fill(dst, dstOff, dstOff + rows * row, 0);
      return;
    }
    int left = padLeft * lanes;
    int right = (padLeft + sourceW) * lanes;
    for (int r = dstOff; r < dstOff + rows * row; r += row) {
      Arrays.fill(dst, r, r + left, 0);
      Arrays.fill(dst, r + right, r + row, 0);
    }
  }
}

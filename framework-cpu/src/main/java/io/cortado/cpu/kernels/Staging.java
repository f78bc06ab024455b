package io.cortado.cpu.kernels;

import java.util.Arrays;

/**
 * Copies a band of some images into scratch memory, padded with zeros and with strides taken apart.
 *
 * <p>Layout {@code [image][channel][phaseH][phaseW][height][width]}: element (u, v) of phase (a, b)
 * is the source at row {@code (first + u) * strideH + a - padTop} and column {@code v * strideW + b
 * - padLeft}. After that every tap of a convolution is one constant shift, whatever its stride,
 * dilation or padding, and each source element is copied once, not once for each tap. Bound by the
 * caches' bandwidth.
 *
 * @param sourceH rows of the source
 * @param sourceW columns of the source
 * @param strideH rows between neighbours of one phase
 * @param strideW columns between neighbours of one phase
 * @param phasesH how many phases down are wanted, at most strideH
 * @param phasesW how many phases across are wanted
 * @param padTop zeros above; may be negative
 * @param padLeft zeros to the left; may be negative
 * @param height rows of a staged plane
 * @param width columns of a staged plane
 * @param shared how many zeros to the right of a row are the zeros to the left of the next, and not
 *     stored twice
 */
record Staging(
    int sourceH,
    int sourceW,
    int strideH,
    int strideW,
    int phasesH,
    int phasesW,
    int padTop,
    int padLeft,
    int height,
    int width,
    int shared) {

  /**
   * Returns how many zeros to the right of a row the next row's zeros to the left can stand for.
   *
   * @param outputs windows in a row
   * @param halo columns that a window reaches over beyond its first
   */
  static int shareable(int padLeft, int sourceW, int outputs, int halo) {
    int right = outputs + halo - padLeft - sourceW;
    return Math.max(0, Math.min(Math.min(padLeft, right), halo));
  }

  /** Returns the elements that one channel of one image takes. */
  int channelSize() {
    return phasesH * phasesW * height * width;
  }

  /**
   * Stages one image; writes {@code shared} elements beyond it.
   *
   * @param src its first wanted channel is at {@code srcOff}
   * @param first the first row of each phase that is wanted
   * @param rows how many of them, at most height
   */
  void stage(float[] src, int srcOff, int channels, int first, int rows, float[] dst, int dstOff) {
    int d = dstOff;
    for (int c = 0; c < channels; c++) {
      int plane = srcOff + c * sourceH * sourceW;
      for (int a = 0; a < phasesH; a++) {
        for (int b = 0; b < phasesW; b++) {
          for (int u = 0; u < rows; u++) {
            int row = (first + u) * strideH + a - padTop;
            if (row < 0 || row >= sourceH) {
              Arrays.fill(dst, d + u * width, d + (u + 1) * width, 0);
            } else {
              stageRow(src, plane + row * sourceW, b - padLeft, dst, d + u * width);
            }
          }
          // What the last row shares: the next plane's first zeros, if one follows.
          Arrays.fill(dst, d + rows * width, d + rows * width + shared, 0);
          d += height * width;
        }
      }
    }
  }

  /** Stages one row; staged column v is source column {@code v * strideW + shift}. */
  private void stageRow(float[] src, int srcOff, int shift, float[] dst, int dstOff) {
    int from = Math.clamp(Extents.ceilDiv(Math.max(-shift, 0), strideW), 0, width);
    int to = Math.clamp(Math.floorDiv(sourceW - 1 - shift, strideW) + 1, from, width);
    for (int v = 0; v < from; v++) {
      dst[dstOff + v] = 0;
    }
    if (strideW == 1) {
      // Of a row that lies in the border alone nothing is copied, and its start may be none.
      if (from < to) {
        System.arraycopy(src, srcOff + from + shift, dst, dstOff + from, to - from);
      }
    } else {
      for (int v = from; v < to; v++) {
        dst[dstOff + v] = src[srcOff + v * strideW + shift];
      }
    }
    for (int v = to; v < width; v++) {
      dst[dstOff + v] = 0;
    }
  }
}

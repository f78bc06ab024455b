package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.WinogradKernel;
import java.util.Arrays;

/**
 * Transforms strips of an NCHW image, one cell of channels at a time; each worker has its own.
 *
 * <p>A strip's rows become cells (zeros for rows that the image has not), are transformed downwards
 * for all columns at once, which neighbouring tiles share, and then across for each tile. The
 * columns of zeros at the sides are filled once: zeros stay zeros.
 */
final class WinogradSource {

  private final WinogradKernel kernel;
  private final int lanes;
  private final FloatScratch rowScratch = new FloatScratch();
  private final FloatScratch downScratch = new FloatScratch();
  private float[] rows = {};
  private float[] down = {};

  WinogradSource(WinogradKernel kernel) {
    this.kernel = kernel;
    lanes = kernel.lanes();
  }

  /** Makes ready for strips of a kind. */
  void prepare(WinogradStrip strip) {
    int from = strip.transform().from();
    int to = strip.transform().to();
    int row = strip.width() * lanes;
    rows = rowScratch.get(from * strip.w() * lanes);
    down = downScratch.get(to * row);
    int end = (strip.padW() + strip.w()) * lanes;
    for (int i = 0; i < to; i++) {
      Arrays.fill(down, i * row, i * row + strip.padW() * lanes, 0);
      Arrays.fill(down, i * row + end, (i + 1) * row, 0);
    }
  }

  /**
   * Transforms one strip of some channels, at most a cell.
   *
   * @param src the channels' first plane is at srcOff
   * @param index which of the image's strips
   * @param dst point (i, j) of tile t is the cell at {@code dstOff + (i * to + j) * pointStride + t
   *     * tileStride}
   */
  void strip(
      WinogradStrip strip,
      float[] src,
      int srcOff,
      int channels,
      int index,
      float[] dst,
      int dstOff,
      int tileStride,
      int pointStride) {
    int from = strip.transform().from();
    int to = strip.transform().to();
    int w = strip.w();
    int first = strip.firstRow(index);
    int begin = Math.clamp(-first, 0, from);
    int end = Math.clamp(strip.h() - first, begin, from);
    int rowSize = w * lanes;
    Arrays.fill(rows, 0, begin * rowSize, 0);
    Arrays.fill(rows, end * rowSize, from * rowSize, 0);
    int at = srcOff + (first + begin) * w;
    int plane = strip.h() * w;
    kernel.interleave((end - begin) * w, channels, src, at, plane, rows, begin * rowSize);
    int downRow = strip.width() * lanes;
    kernel.transform(
        strip.transform(), w, rows, 0, rowSize, lanes, down, strip.padW() * lanes, downRow, lanes);
    for (int t = 0; t < strip.tiles(); t++) {
      kernel.transform(
          strip.transform(),
          to,
          down,
          t * strip.m() * lanes,
          lanes,
          downRow,
          dst,
          dstOff + t * tileStride,
          pointStride,
          to * pointStride);
    }
  }
}

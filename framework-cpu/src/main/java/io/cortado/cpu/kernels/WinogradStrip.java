package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.WinogradTransform;

/**
 * A row of tiles as it is read: windows of {@code transform.from()} pixels, m apart.
 *
 * @param transform what is applied down and across
 * @param m from one window to the next
 * @param h rows of an image
 * @param w columns of an image
 * @param padH zeros above the first window's first row
 * @param padW zeros left of the first window
 * @param tiles windows in the strip
 */
record WinogradStrip(
    WinogradTransform transform, int m, int h, int w, int padH, int padW, int tiles) {

  /** Returns the pixels that the strip's windows cover. */
  int width() {
    return (tiles - 1) * m + transform.from();
  }

  /** Returns the elements of one channel of an image. */
  int plane() {
    return h * w;
  }

  /** Returns the image's row that is a strip's first; negative in the zeros above. */
  int firstRow(int strip) {
    return strip * m - padH;
  }
}

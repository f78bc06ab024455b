package io.cortado.data;

import io.cortado.Shape;

/** What transforms of images share. */
final class Images {

  private Images() {}

  static void check(String operation, Shape shape) {
    if (shape.rank() != 3) {
      throw new IllegalArgumentException(
          operation + ": images are [channels, height, width], but the field is " + shape);
    }
  }

  /** Copies a part of each channel. */
  static void copyPart(
      Shape shape,
      float[] src,
      int srcOffset,
      int top,
      int left,
      int height,
      int width,
      float[] dst,
      int dstOffset) {
    for (int c = 0; c < shape.dim(0); c++) {
      for (int y = 0; y < height; y++) {
        int from = srcOffset + (c * shape.dim(1) + top + y) * shape.dim(2) + left;
        System.arraycopy(src, from, dst, dstOffset + (c * height + y) * width, width);
      }
    }
  }

  /** Reads a plane between its pixels, bilinearly; outside is {@code value}. */
  static float sample(
      float[] src, int plane, int height, int width, float y, float x, float value) {
    int y0 = (int) Math.floor(y);
    int x0 = (int) Math.floor(x);
    float fy = y - y0;
    float fx = x - x0;
    float top =
        pixel(src, plane, height, width, y0, x0, value) * (1 - fx)
            + pixel(src, plane, height, width, y0, x0 + 1, value) * fx;
    float bottom =
        pixel(src, plane, height, width, y0 + 1, x0, value) * (1 - fx)
            + pixel(src, plane, height, width, y0 + 1, x0 + 1, value) * fx;
    return top * (1 - fy) + bottom * fy;
  }

  private static float pixel(
      float[] src, int plane, int height, int width, int y, int x, float value) {
    return y < 0 || y >= height || x < 0 || x >= width ? value : src[plane + y * width + x];
  }
}

package io.cortado.data;

import io.cortado.Shape;
import java.util.Arrays;

/** Puts an edge of constant value around images. */
record Pad(int pixels, float value) implements Transform {

  Pad {
    if (pixels < 0) {
      throw new IllegalArgumentException("pad: pixels must not be negative, but is " + pixels);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("pad", input);
    return input.with(1, input.dim(1) + 2 * pixels).with(2, input.dim(2) + 2 * pixels);
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int height = shape.dim(1);
    int width = shape.dim(2);
    int outWidth = width + 2 * pixels;
    int outPlane = (height + 2 * pixels) * outWidth;
    Arrays.fill(dst, dstOffset, dstOffset + shape.dim(0) * outPlane, value);
    for (int c = 0; c < shape.dim(0); c++) {
      int to = dstOffset + c * outPlane + pixels * outWidth + pixels;
      int from = srcOffset + c * height * width;
      for (int y = 0; y < height; y++) {
        System.arraycopy(src, from + y * width, dst, to + y * outWidth, width);
      }
    }
  }
}

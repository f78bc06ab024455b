package io.cortado.data;

import io.cortado.Shape;

/** Cuts a part out of images, always the same one. */
record CropAt(int top, int left, int height, int width) implements Transform {

  CropAt {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "crop: top %d and left %d must not be negative, height %d and width %d must be positive"
              .formatted(top, left, height, width));
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("crop", input);
    if (input.dim(1) - top < height || input.dim(2) - left < width) {
      throw new IllegalArgumentException(
          "crop: %d x %d from row %d and column %d on do not lie within %s; pad or resize it first"
              .formatted(height, width, top, left, input));
    }
    return input.with(1, height).with(2, width);
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    Images.copyPart(shape, src, srcOffset, top, left, height, width, dst, dstOffset);
  }
}

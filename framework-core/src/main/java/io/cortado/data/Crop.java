package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;

/** Cuts a part out of images: from the middle, or at random. */
record Crop(int height, int width, boolean random) implements Transform {

  Crop {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "crop: height " + height + " and width " + width + " must be positive");
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("crop", input);
    if (input.dim(1) < height || input.dim(2) < width) {
      throw new IllegalArgumentException(
          "crop: %d x %d cannot be cut out of %s; pad or resize it first"
              .formatted(height, width, input));
    }
    return input.with(1, height).with(2, width);
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int spareY = shape.dim(1) - height;
    int spareX = shape.dim(2) - width;
    Philox numbers = row.random();
    int top = random ? numbers.nextInt(spareY + 1) : middle(spareY);
    int left = random ? numbers.nextInt(spareX + 1) : middle(spareX);
    Images.copyPart(shape, src, srcOffset, top, left, height, width, dst, dstOffset);
  }

  /** Halves are rounded to even numbers, as torchvision's crop has Python round them. */
  private static int middle(int spare) {
    return (int) Math.rint(spare / 2.0);
  }
}

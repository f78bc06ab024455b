package io.cortado.data;

import io.cortado.Shape;

/** Brings images to another size, bilinearly, pixels being squares whose centres are compared. */
record Resize(int height, int width) implements Transform {

  Resize {
    if (height <= 0 || width <= 0) {
      throw new IllegalArgumentException(
          "resize: height " + height + " and width " + width + " must be positive");
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("resize", input);
    if (input.dim(1) == 0 || input.dim(2) == 0) {
      throw new IllegalArgumentException("resize: the field " + input + " has no pixels");
    }
    return input.with(1, height).with(2, width);
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int h = shape.dim(1);
    int w = shape.dim(2);
    float scaleY = (float) h / height;
    float scaleX = (float) w / width;
    for (int c = 0; c < shape.dim(0); c++) {
      int plane = srcOffset + c * h * w;
      int to = dstOffset + c * height * width;
      for (int y = 0; y < height; y++) {
        float sy = Math.clamp((y + 0.5f) * scaleY - 0.5f, 0, h - 1);
        for (int x = 0; x < width; x++) {
          float sx = Math.clamp((x + 0.5f) * scaleX - 0.5f, 0, w - 1);
          dst[to + y * width + x] = Images.sample(src, plane, h, w, sy, sx, 0);
        }
      }
    }
  }
}

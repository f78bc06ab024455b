package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;
import java.util.Arrays;

/** Moves images by up to some pixels each way. */
record RandomCrop(int padding, float value) implements Transform {

  RandomCrop {
    if (padding < 0) {
      throw new IllegalArgumentException(
          "randomCrop: padding must not be negative, but is " + padding);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("randomCrop", input);
    return input;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int height = shape.dim(1);
    int width = shape.dim(2);
    Philox random = row.random();
    int down = random.nextInt(2 * padding + 1) - padding;
    int right = random.nextInt(2 * padding + 1) - padding;
    int from = Math.max(0, right);
    int n = Math.min(width, width + right) - from; // what of a line stays inside
    for (int line = 0; line < shape.dim(0) * height; line++) {
      int y = line % height - down;
      int to = dstOffset + line * width;
      Arrays.fill(dst, to, to + width, value);
      if (y >= 0 && y < height && n > 0) {
        System.arraycopy(src, srcOffset + (line - down) * width + from - right, dst, to + from, n);
      }
    }
  }
}

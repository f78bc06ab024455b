package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;
import java.util.Arrays;

/** Fills a square at a random place; where it stands over the border, less is filled. */
record Cutout(int side, float value) implements Transform {

  Cutout {
    if (side < 1) {
      throw new IllegalArgumentException("cutout: the side must be 1 or more, but is " + side);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("cutout", input);
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int height = shape.dim(1);
    int width = shape.dim(2);
    Philox random = row.random();
    int top = random.nextInt(height) - side / 2;
    int left = random.nextInt(width) - side / 2;
    int from = Math.max(0, left);
    int to = Math.min(width, left + side);
    for (int c = 0; c < shape.dim(0); c++) {
      for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        int line = dstOffset + (c * height + y) * width;
        Arrays.fill(dst, line + from, line + to, value);
      }
    }
  }
}

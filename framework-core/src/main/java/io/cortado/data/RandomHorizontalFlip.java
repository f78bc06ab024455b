package io.cortado.data;

import io.cortado.Shape;

/** Mirrors images left to right with a probability. */
record RandomHorizontalFlip(double probability) implements Transform {

  RandomHorizontalFlip {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "randomHorizontalFlip: a probability lies between 0 and 1, but is " + probability);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("randomHorizontalFlip", input);
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    if (row.random().nextFloat() >= probability) {
      return;
    }
    int width = shape.dim(2);
    int end = dstOffset + (int) shape.size();
    for (int line = dstOffset; line < end; line += width) {
      for (int a = line, b = line + width - 1; a < b; a++, b--) {
        float t = dst[a];
        dst[a] = dst[b];
        dst[b] = t;
      }
    }
  }
}

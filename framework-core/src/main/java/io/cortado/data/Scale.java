package io.cortado.data;

import io.cortado.Shape;

/** Computes {@code x * factor + offset}. */
record Scale(float factor, float offset) implements Transform {

  Scale {
    if (!Float.isFinite(factor) || !Float.isFinite(offset)) {
      throw new IllegalArgumentException(
          "scale: factor " + factor + " and offset " + offset + " must be finite");
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int n = (int) shape.size();
    for (int i = 0; i < n; i++) {
      dst[dstOffset + i] = src[srcOffset + i] * factor + offset;
    }
  }
}

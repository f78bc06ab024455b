package io.cortado.data;

import io.cortado.Shape;
import java.util.Arrays;

/** Computes {@code (x - mean) / std} along the first axis. */
final class Normalize implements Transform {

  private final float[] mean;
  private final float[] std;

  Normalize(float[] mean, float[] std) {
    check(mean, std);
    this.mean = mean;
    this.std = std;
  }

  static void check(float[] mean, float[] std) {
    boolean good = mean.length == std.length && mean.length > 0;
    for (int i = 0; good && i < mean.length; i++) {
      good = Float.isFinite(mean[i]) && Float.isFinite(std[i]) && std[i] > 0;
    }
    if (!good) {
      throw new IllegalArgumentException(
          "normalize: mean "
              + Arrays.toString(mean)
              + " and std "
              + Arrays.toString(std)
              + " must be of the same length, finite, and std above 0");
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    if (mean.length != 1 && (input.rank() == 0 || input.dim(0) != mean.length)) {
      throw new IllegalArgumentException(
          "normalize: " + mean.length + " means for a field of shape " + input);
    }
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int plane = (int) shape.size() / mean.length;
    for (int c = 0; c < mean.length; c++) {
      float m = mean[c];
      float s = std[c];
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        dst[dstOffset + i] = (src[srcOffset + i] - m) / s;
      }
    }
  }

  @Override
  public String toString() {
    return "normalize(mean=" + Arrays.toString(mean) + ", std=" + Arrays.toString(std) + ")";
  }
}

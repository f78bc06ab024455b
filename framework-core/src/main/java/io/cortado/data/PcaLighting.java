package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;
import java.util.Arrays;

/** Adds to each channel a random multiple of each of some directions. */
final class PcaLighting implements Transform {

  private final float[][] components;
  private final double deviation;

  PcaLighting(float[][] components, double deviation) {
    this.components = Arrays.stream(components).map(float[]::clone).toArray(float[][]::new);
    this.deviation = deviation;
    int channels = components.length == 0 ? 0 : components[0].length;
    if (channels == 0 || Arrays.stream(components).anyMatch(c -> c.length != channels)) {
      throw new IllegalArgumentException(
          "pcaLighting: components need a number for each channel each, but are "
              + Arrays.deepToString(components));
    }
    if (!(deviation >= 0) || Double.isInfinite(deviation)) {
      throw new IllegalArgumentException(
          "pcaLighting: a deviation is 0 or more, but is " + deviation);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("pcaLighting", input);
    if (input.dim(0) != components[0].length) {
      throw new IllegalArgumentException(
          "pcaLighting: components of %d channels for images of %s"
              .formatted(components[0].length, input));
    }
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int plane = shape.dim(1) * shape.dim(2);
    Philox random = row.random();
    for (float[] component : components) {
      double much = deviation * random.nextGaussian();
      for (int c = 0; c < component.length; c++) {
        float add = (float) (much * component[c]);
        int end = dstOffset + (c + 1) * plane;
        for (int i = dstOffset + c * plane; i < end; i++) {
          dst[i] += add;
        }
      }
    }
  }

  @Override
  public String toString() {
    return "pcaLighting(" + deviation + ")";
  }
}

package io.cortado.models.autoencoder;

import io.cortado.Shape;
import io.cortado.data.Row;
import io.cortado.data.Transform;

/**
 * Adds normal noise to pixels, and cuts off what leaves 0 to 1.
 *
 * @param deviation of the noise
 */
record Noise(double deviation) implements Transform {

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
      double noisy = src[srcOffset + i] + deviation * row.random().nextGaussian();
      dst[dstOffset + i] = (float) Math.clamp(noisy, 0, 1);
    }
  }
}

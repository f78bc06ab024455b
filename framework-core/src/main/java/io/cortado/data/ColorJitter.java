package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;

/** Changes brightness, contrast and saturation at random. */
final class ColorJitter implements Transform {

  private static final float RED = 0.2989f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private final double brightness;
  private final double contrast;
  private final double saturation;
  private final float[] mean;
  private final float[] std;

  ColorJitter(double brightness, double contrast, double saturation, Scaling scaling) {
    for (double d : new double[] {brightness, contrast, saturation}) {
      if (!(d >= 0 && d <= 1)) {
        throw new IllegalArgumentException(
            "colorJitter: a change lies between 0 and 1, but is " + d);
      }
    }
    if (scaling.mean().length != 1 && scaling.mean().length != 3) {
      throw new IllegalArgumentException(
          "colorJitter: the scaling is of "
              + scaling.mean().length
              + " channels, and colors have 3; give 3 means and deviations, or one for all");
    }
    this.brightness = brightness;
    this.contrast = contrast;
    this.saturation = saturation;
    mean = scaling.mean();
    std = scaling.std();
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("colorJitter", input);
    if (input.dim(0) != 3) {
      throw new IllegalArgumentException(
          "colorJitter: images need 3 channels, red, green and blue, but are " + input);
    }
    return input;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int n = shape.dim(1) * shape.dim(2);
    Philox random = row.random();
    float bright = factor(random, brightness);
    float much = factor(random, contrast);
    float colorful = factor(random, saturation);
    unscale(dst, dstOffset, n);
    blend(dst, dstOffset, 3 * n, 0, bright);
    blend(dst, dstOffset, 3 * n, grey(dst, dstOffset, n), much);
    for (int i = dstOffset; i < dstOffset + n; i++) {
      float grey = RED * dst[i] + GREEN * dst[i + n] + BLUE * dst[i + 2 * n];
      for (int c = 0; c < 3; c++) {
        int at = i + c * n;
        dst[at] = Math.clamp(grey + (dst[at] - grey) * colorful, 0, 1);
      }
    }
    scale(dst, dstOffset, n);
  }

  private static float factor(Philox random, double change) {
    return (float) (1 + change * (2 * random.nextFloat() - 1));
  }

  private static float grey(float[] x, int from, int n) {
    double sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += RED * x[i] + GREEN * x[i + n] + BLUE * x[i + 2 * n];
    }
    return (float) (sum / n);
  }

  private static void blend(float[] x, int from, int n, float with, float share) {
    for (int i = from; i < from + n; i++) {
      x[i] = Math.clamp(with + (x[i] - with) * share, 0, 1);
    }
  }

  private void unscale(float[] x, int from, int n) {
    for (int i = 0; i < 3 * n; i++) {
      int c = mean.length == 1 ? 0 : i / n;
      x[from + i] = x[from + i] * std[c] + mean[c];
    }
  }

  private void scale(float[] x, int from, int n) {
    for (int i = 0; i < 3 * n; i++) {
      int c = mean.length == 1 ? 0 : i / n;
      x[from + i] = (x[from + i] - mean[c]) / std[c];
    }
  }

  @Override
  public String toString() {
    return "colorJitter(" + brightness + ", " + contrast + ", " + saturation + ")";
  }
}

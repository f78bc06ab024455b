package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Row;
import io.cortado.models.analysis.JacobiEigen;

/** The directions in which the colors of pictures differ. */
final class ColorComponents {

  /** Pictures enough for nine numbers. */
  private static final int SAMPLE = 1000;

  private ColorComponents() {}

  /**
   * Returns for each principal component of the pixels' colors its direction, as long as its
   * deviation.
   *
   * @param images with the channels as the first axis
   */
  static float[][] of(Dataset images) {
    int channels = images.inputShape().dim(0);
    int plane = (int) images.inputShape().size() / channels;
    int f = images.fields().indexOf(images.field(Field.INPUTS));
    int n = Math.min(SAMPLE, images.size());
    double[] mean = new double[channels];
    double[][] products = new double[channels][channels];
    Row row = Row.of(images);
    for (int i = 0; i < n; i++) {
      int sample = (int) ((long) i * images.size() / n); // from all over the set
      images.read(sample, row.at(0, 0, sample));
      add(row.floats(f), plane, mean, products);
    }
    double count = (double) n * plane;
    for (int a = 0; a < channels; a++) {
      for (int b = 0; b < channels; b++) {
        products[a][b] = products[a][b] / count - mean[a] / count * (mean[b] / count);
      }
    }
    JacobiEigen eigen = JacobiEigen.of(products);
    float[][] components = new float[channels][channels];
    for (int k = 0; k < channels; k++) {
      double deviation = Math.sqrt(Math.max(0, eigen.values()[k]));
      for (int c = 0; c < channels; c++) {
        components[k][c] = (float) (deviation * eigen.vectors()[k][c]);
      }
    }
    return components;
  }

  private static void add(float[] pixels, int plane, double[] sums, double[][] products) {
    int channels = sums.length;
    for (int p = 0; p < plane; p++) {
      for (int a = 0; a < channels; a++) {
        double v = pixels[a * plane + p];
        sums[a] += v;
        for (int b = 0; b < channels; b++) {
          products[a][b] += v * pixels[b * plane + p];
        }
      }
    }
  }
}

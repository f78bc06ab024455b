package io.cortado.models.images;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * A picture of one channel.
 *
 * @param width columns
 * @param height rows
 * @param values row by row, 0 to 1
 */
public record GreyImage(int width, int height, float[] values) {

  /** Checks that the extents fit the values. */
  public GreyImage {
    if (width < 1 || height < 1 || values.length != width * height) {
      throw new IllegalArgumentException(
          "GreyImage: " + width + " x " + height + " does not fit " + values.length + " values");
    }
  }

  /**
   * Converts a picture of any colours to its brightness: 0.299 R + 0.587 G + 0.114 B.
   *
   * <p>Where it is see-through, it is laid on white if what is opaque is dark, else on black: a
   * drawing without a background stands out from the one it gets.
   */
  public static GreyImage of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    float[] grey = new float[width * height];
    float[] alpha = new float[width * height];
    if (image.getColorModel() instanceof ComponentColorModel c && c.getNumColorComponents() == 1) {
      readGrey(image, grey, alpha);
    } else {
      readColours(image, grey, alpha);
    }
    double opaque = 0;
    double light = 0;
    for (int i = 0; i < grey.length; i++) {
      opaque += alpha[i];
      light += alpha[i] * grey[i];
    }
    float background = light > 0.5 * opaque ? 0 : 1;
    for (int i = 0; i < grey.length; i++) {
      grey[i] = alpha[i] * grey[i] + (1 - alpha[i]) * background;
    }
    return new GreyImage(width, height, grey);
  }

  private static void readColours(BufferedImage image, float[] grey, float[] alpha) {
    int width = image.getWidth();
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int argb = row[x];
        int i = y * width + x;
        alpha[i] = (argb >>> 24) / 255f;
        grey[i] =
            (0.299f * (argb >> 16 & 255) + 0.587f * (argb >> 8 & 255) + 0.114f * (argb & 255))
                / 255;
      }
    }
  }

  /** Grey is read as stored: getRGB takes it for linear light, and brightens it. */
  private static void readGrey(BufferedImage image, float[] grey, float[] alpha) {
    int width = image.getWidth();
    boolean hasAlpha = image.getColorModel().hasAlpha();
    float white = (1 << image.getColorModel().getComponentSize(0)) - 1;
    Raster raster = image.getRaster();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        grey[y * width + x] = raster.getSample(x, y, 0) / white;
        alpha[y * width + x] = hasAlpha ? raster.getSample(x, y, 1) / white : 1;
      }
    }
  }

  /** Returns the value at a column and row. */
  public float at(int x, int y) {
    return values[y * width + x];
  }

  /**
   * Returns the most common brightness of the outermost pixels: the background's in most pictures,
   * also where what is shown covers part of the border.
   */
  public float borderLevel() {
    int bins = 32;
    float[] sums = new float[bins + 1];
    int[] counts = new int[bins + 1];
    for (int y = 0; y < height; y++) {
      int stride = y == 0 || y == height - 1 ? 1 : Math.max(1, width - 1);
      for (int x = 0; x < width; x += stride) {
        int bin = Math.clamp((int) (at(x, y) * bins), 0, bins - 1);
        sums[bin] += at(x, y);
        counts[bin]++;
      }
    }
    // Two neighbours together, for a background whose brightness lies where two bins meet.
    int best = 0;
    for (int i = 1; i < bins; i++) {
      if (counts[i] + counts[i + 1] > counts[best] + counts[best + 1]) {
        best = i;
      }
    }
    return (sums[best] + sums[best + 1]) / (counts[best] + counts[best + 1]);
  }

  /** Returns the mean place of all brightness; pixel (0, 0) has its own at (0.5, 0.5). */
  public Point centreOfMass() {
    double mass = 0;
    double sumX = 0;
    double sumY = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float v = at(x, y);
        mass += v;
        sumX += v * (x + 0.5);
        sumY += v * (y + 0.5);
      }
    }
    return new Point(sumX / mass, sumY / mass);
  }

  /** Returns the value between pixels, by linear interpolation; 0 outside. */
  public float between(double x, double y) {
    double left = Math.floor(x - 0.5);
    double top = Math.floor(y - 0.5);
    float fx = (float) (x - 0.5 - left);
    float fy = (float) (y - 0.5 - top);
    int x0 = (int) left;
    int y0 = (int) top;
    float upper = (1 - fx) * orZero(x0, y0) + fx * orZero(x0 + 1, y0);
    float lower = (1 - fx) * orZero(x0, y0 + 1) + fx * orZero(x0 + 1, y0 + 1);
    return (1 - fy) * upper + fy * lower;
  }

  private float orZero(int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : at(x, y);
  }

  /** A place in a picture, in pixels from its upper left corner. */
  public record Point(double x, double y) {}

  @Override
  public boolean equals(Object other) {
    return other instanceof GreyImage g
        && width == g.width
        && height == g.height
        && Arrays.equals(values, g.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values) * 31 + width;
  }
}

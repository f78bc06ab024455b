package io.cortado.data;

import io.cortado.Philox;
import io.cortado.Shape;

/** Turns, moves and scales images at random. */
record RandomAffine(double degrees, double translate, double minScale, double maxScale, float value)
    implements Transform {

  RandomAffine {
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new IllegalArgumentException(
          "randomAffine: degrees must lie between 0 and 180, but is " + degrees);
    }
    if (!(translate >= 0 && translate <= 1)) {
      throw new IllegalArgumentException(
          "randomAffine: translate is a share between 0 and 1, but is " + translate);
    }
    if (!(minScale > 0 && maxScale >= minScale && Double.isFinite(maxScale))) {
      throw new IllegalArgumentException(
          "randomAffine: scales from "
              + minScale
              + " to "
              + maxScale
              + " must be above 0, ascending");
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Images.check("randomAffine", input);
    return input;
  }

  @Override
  public void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
    int height = shape.dim(1);
    int width = shape.dim(2);
    Philox random = row.random();
    double angle = Math.toRadians(between(random, -degrees, degrees));
    double down = between(random, -translate, translate) * height;
    double right = between(random, -translate, translate) * width;
    double scale = between(random, minScale, maxScale);
    // For each pixel of the result, where it comes from: the inverse of turning, scaling and
    // moving.
    // StrictMath: the same on every machine.
    float cos = (float) (StrictMath.cos(angle) / scale);
    float sin = (float) (StrictMath.sin(angle) / scale);
    float centreY = (height - 1) / 2f;
    float centreX = (width - 1) / 2f;
    for (int c = 0; c < shape.dim(0); c++) {
      int plane = c * height * width;
      for (int y = 0; y < height; y++) {
        float dy = y - centreY - (float) down;
        for (int x = 0; x < width; x++) {
          float dx = x - centreX - (float) right;
          dst[dstOffset + plane + y * width + x] =
              Images.sample(
                  src,
                  srcOffset + plane,
                  height,
                  width,
                  cos * dy + sin * dx + centreY,
                  cos * dx - sin * dy + centreX,
                  value);
        }
      }
    }
  }

  private static double between(Philox random, double low, double high) {
    return low + (high - low) * random.nextFloat();
  }
}

package io.cortado.models.pictures;

import java.awt.image.BufferedImage;

/** Makes pictures of numbers. */
final class Pixels {

  private Pixels() {}

  /**
   * Returns the picture of pixels, 0 to 1, that begin at an offset; what lies outside is cut off.
   *
   * @param channels 1 for grey, 3 for red, green and blue planes one after the other
   */
  static BufferedImage image(float[] pixels, int offset, int width, int height, int channels) {
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          float v = pixels[offset + (c * height + y) * width + x];
          image.getRaster().setSample(x, y, c, Math.clamp(Math.round(v * 255), 0, 255));
        }
      }
    }
    return image;
  }
}

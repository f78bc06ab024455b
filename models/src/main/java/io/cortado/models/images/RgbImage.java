package io.cortado.models.images;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import net.coobird.thumbnailator.Thumbnails;
import net.coobird.thumbnailator.geometry.Positions;

/** Color pictures as the models take them. */
public final class RgbImage {

  private RgbImage() {}

  /**
   * Writes a picture as planes of red, green and blue, one byte a pixel.
   *
   * <p>One of another size is scaled until it covers the field, and what stands over is cut off on
   * both sides. Where it is see-through there is white.
   *
   * @param to receives {@code 3 * height * width} bytes
   * @param at where the first of them goes
   */
  public static void planes(BufferedImage image, int height, int width, byte[] to, int at) {
    BufferedImage fitting = fit(rgb(image), height, width);
    int[] row = new int[width];
    int plane = height * width;
    for (int y = 0; y < height; y++) {
      fitting.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int i = at + y * width + x;
        to[i] = (byte) (row[x] >> 16);
        to[i + plane] = (byte) (row[x] >> 8);
        to[i + 2 * plane] = (byte) row[x];
      }
    }
  }

  private static BufferedImage fit(BufferedImage image, int height, int width) {
    if (image.getWidth() == width && image.getHeight() == height) {
      return image;
    }
    try {
      return Thumbnails.of(image).crop(Positions.CENTER).size(width, height).asBufferedImage();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is read or written
    }
  }

  private static BufferedImage rgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    boolean grey =
        image.getColorModel() instanceof ComponentColorModel c && c.getNumColorComponents() == 1;
    if (!grey && !image.getColorModel().hasAlpha()) {
      return image;
    }
    BufferedImage rgb = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    if (!grey) {
      Graphics2D g = rgb.createGraphics();
      g.drawImage(image, 0, 0, Color.WHITE, null);
      g.dispose();
      return rgb;
    }
    GreyImage levels = GreyImage.of(image);
    for (int i = 0; i < width * height; i++) {
      int v = Math.round(levels.values()[i] * 255);
      rgb.setRGB(i % width, i / width, v << 16 | v << 8 | v);
    }
    return rgb;
  }
}

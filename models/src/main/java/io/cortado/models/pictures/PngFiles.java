package io.cortado.models.pictures;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** What the drawn pictures have in common. */
public final class PngFiles {

  static final Color INK = new Color(0x22, 0x22, 0x22);
  static final Color FAINT = new Color(0x70, 0x70, 0x70);
  static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 18);
  static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private PngFiles() {}

  static BufferedImage blank(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    g.dispose();
    return image;
  }

  static Graphics2D brush(BufferedImage image) {
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(INK);
    g.setFont(LABEL);
    return g;
  }

  /** Returns how wide a text is in a font, before there is a picture to draw it on. */
  static int width(Font font, String text) {
    Graphics2D g = brush(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    try {
      return g.getFontMetrics(font).stringWidth(text);
    } finally {
      g.dispose();
    }
  }

  static void centred(Graphics2D g, String text, int x, int y) {
    g.drawString(text, x - g.getFontMetrics().stringWidth(text) / 2, y);
  }

  static void write(BufferedImage image, Path file) throws IOException {
    // Encoded in memory: the encoder writes in small pieces and hides the cause of an I/O error.
    Files.write(file, encode(image));
  }

  /** Returns the bytes of a PNG file. */
  public static byte[] encode(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", bytes)) {
      throw new IOException("this Java has no PNG encoder");
    }
    return bytes.toByteArray();
  }
}

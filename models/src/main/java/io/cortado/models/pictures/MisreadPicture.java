package io.cortado.models.pictures;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Draws the test pictures that a model gets wrong, each with what it is and what it was taken for.
 */
public final class MisreadPicture {

  /** How many pictures there are at most. */
  public static final int LIMIT = 40;

  private static final int SIDE = 84;
  private static final int COLUMNS = 8;
  private static final int TOP = 46;
  private static final int TEXT = 40;

  private MisreadPicture() {}

  /**
   * One picture that was misread.
   *
   * @param pixels row by row, 0 to 1; of a color picture the red ones, then green, then blue
   * @param truth the name of the true class
   * @param predicted the name of the class it was taken for
   * @param probability what the model gave that class
   */
  public record Misread(
      float[] pixels, int width, int height, String truth, String predicted, float probability) {}

  /** Writes the picture: the first {@link #LIMIT} of the list, eight in a row. */
  public static void write(Path file, String title, List<Misread> misread) throws IOException {
    PngFiles.write(draw(title, misread), file);
  }

  /** Draws it. */
  public static BufferedImage draw(String title, List<Misread> misread) {
    List<Misread> shown = misread.subList(0, Math.min(LIMIT, misread.size()));
    int text = PngFiles.width(PngFiles.TITLE, title);
    int cell = SIDE + 14;
    for (Misread m : shown) {
      cell = Math.max(cell, PngFiles.width(PngFiles.LABEL, m.truth) + 14);
      cell = Math.max(cell, PngFiles.width(PngFiles.LABEL, readAs(m)) + 14);
    }
    int rows = Math.max(1, (shown.size() + COLUMNS - 1) / COLUMNS);
    int width = Math.max(COLUMNS * cell + 20, text + 40);
    BufferedImage image = PngFiles.blank(width, TOP + rows * (SIDE + TEXT + 14) + 8);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, width / 2, 30);
    g.setFont(PngFiles.LABEL);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    for (int i = 0; i < shown.size(); i++) {
      int middle = (width - COLUMNS * cell) / 2 + i % COLUMNS * cell + cell / 2;
      one(g, shown.get(i), middle, TOP + i / COLUMNS * (SIDE + TEXT + 14));
    }
    g.dispose();
    return image;
  }

  private static void one(Graphics2D g, Misread m, int middle, int top) {
    g.drawImage(picture(m), middle - SIDE / 2, top, SIDE, SIDE, null);
    g.setColor(PngFiles.FAINT);
    PngFiles.centred(g, m.truth, middle, top + SIDE + 16);
    g.setColor(PngFiles.INK);
    PngFiles.centred(g, readAs(m), middle, top + SIDE + 33);
  }

  private static String readAs(Misread m) {
    return String.format(Locale.ROOT, "\u2192 %s  %.0f %%", m.predicted, 100 * m.probability);
  }

  private static BufferedImage picture(Misread m) {
    return Pixels.image(m.pixels, 0, m.width, m.height, m.pixels.length / (m.width * m.height));
  }
}

package io.cortado.models.pictures;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Draws grey images in rows, each row with its name: originals above what became of them. */
public final class ImageRows {

  private static final int SIDE = 64;
  private static final int GAP = 6;
  private static final int TOP = 46;

  private ImageRows() {}

  /**
   * A row of images.
   *
   * @param name what stands beside it
   * @param pixels image after image, row by row, 0 to 1; what lies outside is cut off
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record ImageRow(String name, float[] pixels) {}

  /**
   * Writes the picture.
   *
   * @param width of an image, in pixels
   * @param height of an image
   */
  public static void write(Path file, String title, List<ImageRow> rows, int width, int height)
      throws IOException {
    int left = 0;
    int count = 0;
    for (ImageRow r : rows) {
      left = Math.max(left, PngFiles.width(PngFiles.LABEL, r.name) + 24);
      count = Math.max(count, r.pixels.length / (width * height));
    }
    int all = Math.max(left + count * (SIDE + GAP) + 8, PngFiles.width(PngFiles.TITLE, title) + 40);
    BufferedImage image = PngFiles.blank(all, TOP + rows.size() * (SIDE + GAP) + 8);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, all / 2, 30);
    g.setFont(PngFiles.LABEL);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    for (int r = 0; r < rows.size(); r++) {
      ImageRow row = rows.get(r);
      int y = TOP + r * (SIDE + GAP);
      g.drawString(row.name, 12, y + SIDE / 2 + 5);
      for (int i = 0; i < row.pixels.length / (width * height); i++) {
        BufferedImage one = Pixels.image(row.pixels, i * width * height, width, height, 1);
        g.drawImage(one, left + i * (SIDE + GAP), y, SIDE, SIDE, null);
      }
    }
    g.dispose();
    PngFiles.write(image, file);
  }
}

package io.cortado.models.pictures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Draws a confusion matrix: a row for each true class, a column for each predicted one. */
public final class ConfusionPicture {

  private static final int CELL = 52;
  private static final int GAP = 10;
  private static final int TOP = 46;
  private static final Color RIGHT = new Color(0x1b, 0x6e, 0x3c);
  private static final Color WRONG = new Color(0xb3, 0x26, 0x1e);

  private ConfusionPicture() {}

  /**
   * Writes the picture.
   *
   * @param counts {@code counts[truth][predicted]}
   * @param classes the names
   */
  public static void write(Path file, String title, long[][] counts, List<String> classes)
      throws IOException {
    int n = classes.size();
    int names = classes.stream().mapToInt(c -> PngFiles.width(PngFiles.LABEL, c)).max().orElse(0);
    boolean slanted = names > CELL - 6;
    int left = 34 + names + GAP;
    int below = slanted ? (int) (names * 0.75) + 20 : 24;
    int right = slanted ? 20 : GAP;
    int width = Math.max(left + n * CELL + right, PngFiles.width(PngFiles.TITLE, title) + 40);
    BufferedImage image = PngFiles.blank(width, TOP + n * CELL + below + 34);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, width / 2, 30);
    g.setFont(PngFiles.LABEL);
    for (int truth = 0; truth < n; truth++) {
      row(g, counts[truth], truth, left);
      String name = classes.get(truth);
      int y = TOP + truth * CELL + CELL / 2 + 5;
      g.setColor(PngFiles.INK);
      g.drawString(name, left - GAP - PngFiles.width(PngFiles.LABEL, name), y);
    }
    for (int c = 0; c < n; c++) {
      columnName(g, classes.get(c), left + c * CELL + CELL / 2, TOP + n * CELL + 18, slanted);
    }
    g.setColor(PngFiles.FAINT);
    PngFiles.centred(g, "predicted", left + n * CELL / 2, TOP + n * CELL + below + 22);
    AffineTransform upright = g.getTransform();
    g.rotate(-Math.PI / 2, 20, TOP + n * CELL / 2.0);
    PngFiles.centred(g, "true", 20, TOP + n * CELL / 2);
    g.setTransform(upright);
    g.dispose();
    PngFiles.write(image, file);
  }

  private static void row(Graphics2D g, long[] counts, int truth, int left) {
    long total = 0;
    for (long c : counts) {
      total += c;
    }
    for (int p = 0; p < counts.length; p++) {
      int x = left + p * CELL;
      int y = TOP + truth * CELL;
      // The square root lets rare mistakes be seen beside the thousands that are right.
      double share = total == 0 ? 0 : Math.sqrt((double) counts[p] / total);
      g.setColor(blend(p == truth ? RIGHT : WRONG, share));
      g.fillRect(x, y, CELL - 2, CELL - 2);
      g.setColor(
          counts[p] == 0 ? new Color(0xbb, 0xbb, 0xbb) : share > 0.6 ? Color.WHITE : PngFiles.INK);
      PngFiles.centred(g, Long.toString(counts[p]), x + CELL / 2 - 1, y + CELL / 2 + 5);
    }
  }

  private static void columnName(Graphics2D g, String name, int x, int y, boolean slanted) {
    g.setColor(PngFiles.INK);
    if (!slanted) {
      PngFiles.centred(g, name, x, y);
      return;
    }
    AffineTransform upright = g.getTransform();
    g.rotate(-Math.PI / 4, x, y);
    g.drawString(name, x - PngFiles.width(PngFiles.LABEL, name), y);
    g.setTransform(upright);
  }

  private static Color blend(Color full, double share) {
    return new Color(
        (int) Math.round(246 + (full.getRed() - 246) * share),
        (int) Math.round(246 + (full.getGreen() - 246) * share),
        (int) Math.round(246 + (full.getBlue() - 246) * share));
  }
}

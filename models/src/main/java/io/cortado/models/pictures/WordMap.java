package io.cortado.models.pictures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Draws words as points of the plane with their names beside them. */
public final class WordMap {

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 760;
  private static final int MARGIN = 70;
  private static final int TOP = 60;
  private static final int DOT = 3;
  private static final Color LINK = new Color(0xdd, 0xdd, 0xdd);

  private WordMap() {}

  /**
   * A word.
   *
   * @param group what its color is chosen by
   */
  public record Word(String text, int group) {}

  /**
   * Writes the picture; a label that would cover others is left out.
   *
   * @param points x and y of each word in turn
   * @param lines which words are joined, two for each line
   * @return how many labels were left out
   */
  public static int write(
      Path file, String title, float[] points, List<Word> words, List<int[]> lines)
      throws IOException {
    BufferedImage image = PngFiles.blank(WIDTH, HEIGHT);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, WIDTH / 2, 30);
    g.setFont(PngFiles.LABEL);
    int[] x = scaled(points, 0, MARGIN, WIDTH - MARGIN);
    int[] y = scaled(points, 1, HEIGHT - MARGIN / 2, TOP);
    g.setColor(LINK);
    g.setStroke(new BasicStroke(1.2f));
    for (int[] line : lines) {
      g.drawLine(x[line[0]], y[line[0]], x[line[1]], y[line[1]]);
    }
    List<Rectangle> taken = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      taken.add(new Rectangle(x[i] - DOT, y[i] - DOT, 2 * DOT + 1, 2 * DOT + 1));
    }
    int without = 0;
    for (int i = 0; i < words.size(); i++) {
      g.setColor(ScatterPicture.Colors.DISTINCT.of(words.get(i).group, 0));
      g.fillOval(x[i] - DOT, y[i] - DOT, 2 * DOT, 2 * DOT);
      without += label(g, words.get(i).text, x[i], y[i], taken) ? 0 : 1;
    }
    g.dispose();
    PngFiles.write(image, file);
    return without;
  }

  private static int[] scaled(float[] points, int axis, int from, int to) {
    int n = points.length / 2;
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      low = Math.min(low, points[2 * i + axis]);
      high = Math.max(high, points[2 * i + axis]);
    }
    int[] places = new int[n];
    for (int i = 0; i < n; i++) {
      float share = high > low ? (points[2 * i + axis] - low) / (high - low) : 0.5f;
      places[i] = Math.round(from + share * (to - from));
    }
    return places;
  }

  /** Puts a label right, left, above or below of its point, where it covers nothing. */
  private static boolean label(Graphics2D g, String text, int x, int y, List<Rectangle> taken) {
    FontMetrics metrics = g.getFontMetrics();
    int w = metrics.stringWidth(text);
    int h = metrics.getAscent();
    int[][] corners = {
      {x + DOT + 2, y - h / 2},
      {x - DOT - 2 - w, y - h / 2},
      {x - w / 2, y - DOT - 2 - h},
      {x - w / 2, y + DOT + 2},
      {x + DOT, y - DOT - h},
      {x - DOT - w, y + DOT}
    };
    for (int[] c : corners) {
      Rectangle r = new Rectangle(c[0], c[1], w, h);
      if (c[0] > 0 && c[0] + w < WIDTH && taken.stream().noneMatch(r::intersects)) {
        taken.add(r);
        g.drawString(text, c[0], c[1] + h - 2);
        return true;
      }
    }
    return false;
  }
}

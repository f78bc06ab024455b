package io.cortado.models.pictures;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Draws many small pictures of numbers in sections: the filters or the maps of a network. */
public final class TileSheet {

  private static final int GAP = 4;
  private static final int TOP = 46;
  private static final int HEADING = 26;
  private static final int MARGIN = 14;
  private static final int LEAST_WIDTH = 420;

  private TileSheet() {}

  /**
   * Pictures of one size.
   *
   * @param name what stands above them
   * @param values picture after picture; of each, channel after channel
   * @param channels 1 for grey, 3 for red, green and blue
   * @param height of a picture, in numbers
   * @param width of a picture
   * @param columns how many stand side by side
   * @param signed whether 0 is the middle grey; otherwise the least number is black
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Section(
      String name,
      float[] values,
      int channels,
      int height,
      int width,
      int columns,
      boolean signed) {

    private int size() {
      return channels * height * width;
    }

    private int count() {
      return values.length / size();
    }

    private int rows() {
      return (count() + columns - 1) / columns;
    }

    /** Small pictures are enlarged to about 40 pixels. */
    private int scale() {
      return Math.max(1, (int) Math.ceil(40.0 / Math.max(height, width)));
    }

    /** Returns the numbers brought to 0 to 1, by what all of the section span. */
    private float[] shades() {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (float v : values) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
      if (signed) {
        high = Math.max(high, -low);
        low = -high;
      }
      float[] shades = new float[values.length];
      for (int i = 0; i < shades.length; i++) {
        shades[i] = high > low ? (values[i] - low) / (high - low) : 0.5f;
      }
      return shades;
    }
  }

  /** Writes the picture, the sections one below the other. */
  public static void write(Path file, String title, List<Section> sections) throws IOException {
    PngFiles.write(draw(title, sections), file);
  }

  /** Draws it. */
  public static BufferedImage draw(String title, List<Section> sections) {
    int width = Math.max(LEAST_WIDTH, PngFiles.width(PngFiles.TITLE, title) + 2 * MARGIN);
    int height = TOP;
    for (Section s : sections) {
      width = Math.max(width, 2 * MARGIN + s.columns * (s.width * s.scale() + GAP));
      width = Math.max(width, 2 * MARGIN + PngFiles.width(PngFiles.LABEL, s.name));
      height += HEADING + s.rows() * (s.height * s.scale() + GAP);
    }
    BufferedImage image = PngFiles.blank(width, height + MARGIN);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, width / 2, 30);
    g.setFont(PngFiles.LABEL);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    int y = TOP;
    for (Section s : sections) {
      g.drawString(s.name, MARGIN, y + 16);
      y += HEADING;
      draw(g, s, y);
      y += s.rows() * (s.height * s.scale() + GAP);
    }
    g.dispose();
    return image;
  }

  private static void draw(Graphics2D g, Section s, int top) {
    float[] shades = s.shades();
    int w = s.width * s.scale();
    int h = s.height * s.scale();
    for (int i = 0; i < s.count(); i++) {
      BufferedImage tile = Pixels.image(shades, i * s.size(), s.width, s.height, s.channels);
      int x = MARGIN + i % s.columns * (w + GAP);
      g.drawImage(tile, x, top + i / s.columns * (h + GAP), w, h, null);
    }
  }
}

package io.cortado.models.pictures;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Draws which class models see where in a square of the plane, many small maps in one picture. */
public final class RegionPicture {

  private static final int MAP = 96;
  private static final int GAP = 10;
  private static final int CAPTION = 18;
  private static final int LEFT = 84;
  private static final int HEAD = 62;
  private static final int MARGIN = 20;
  private static final int LEVELS = 5;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Color LOW = new Color(0x1f, 0x4e, 0x8c);
  private static final Color HIGH = new Color(0xf2, 0xa3, 0x3a);

  private RegionPicture() {}

  /**
   * What one model sees.
   *
   * @param scores from 0 to 1, side times side of them, the top row first
   * @param side numbers in a row
   * @param caption what stands below
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Map(float[] scores, int side, String caption) {}

  /**
   * Maps in rows and columns.
   *
   * @param title what is above
   * @param rowNames what stands beside each row
   * @param columnNames what stands above each column
   * @param maps row after row
   */
  public record Block(
      String title, List<String> rowNames, List<String> columnNames, List<Map> maps) {}

  /** Writes the picture, two blocks side by side. */
  public static void write(Path file, String title, List<Block> blocks) throws IOException {
    int width = blocks.stream().mapToInt(RegionPicture::width).max().orElse(0);
    int height = blocks.stream().mapToInt(RegionPicture::height).max().orElse(0);
    int across = Math.min(2, blocks.size());
    int down = (blocks.size() + 1) / 2;
    int whole =
        Math.max(
            across * (width + MARGIN) + MARGIN, PngFiles.width(PngFiles.TITLE, title) + 2 * MARGIN);
    BufferedImage image = PngFiles.blank(whole, down * (height + MARGIN) + 46);
    Graphics2D g = PngFiles.brush(image);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, whole / 2, 30);
    for (int b = 0; b < blocks.size(); b++) {
      int x = MARGIN + b % 2 * (width + MARGIN);
      draw(g, image, blocks.get(b), x, 46 + b / 2 * (height + MARGIN));
    }
    g.dispose();
    PngFiles.write(image, file);
  }

  private static int width(Block block) {
    return LEFT + block.columnNames.size() * (MAP + GAP);
  }

  private static int height(Block block) {
    return HEAD + block.rowNames.size() * (MAP + CAPTION + GAP);
  }

  private static void draw(Graphics2D g, BufferedImage image, Block block, int x, int y) {
    int columns = block.columnNames.size();
    g.setColor(PngFiles.INK);
    g.setFont(PngFiles.LABEL.deriveFont(Font.BOLD, 15f));
    PngFiles.centred(g, block.title, x + LEFT + columns * (MAP + GAP) / 2, y + 22);
    g.setFont(SMALL);
    for (int c = 0; c < columns; c++) {
      PngFiles.centred(
          g, block.columnNames.get(c), x + LEFT + c * (MAP + GAP) + MAP / 2, y + HEAD - 12);
    }
    for (int i = 0; i < block.maps.size(); i++) {
      Map map = block.maps.get(i);
      int left = x + LEFT + i % columns * (MAP + GAP);
      int top = y + HEAD + i / columns * (MAP + CAPTION + GAP);
      if (i % columns == 0) {
        String name = block.rowNames.get(i / columns);
        g.drawString(name, left - 10 - PngFiles.width(SMALL, name), top + MAP / 2 + 5);
      }
      paint(image, map, left, top);
      PngFiles.centred(g, map.caption, left + MAP / 2, top + MAP + 14);
    }
  }

  private static void paint(BufferedImage image, Map map, int left, int top) {
    for (int py = 0; py < MAP; py++) {
      for (int px = 0; px < MAP; px++) {
        float score = map.scores[py * map.side / MAP * map.side + px * map.side / MAP];
        boolean edge = px == 0 || py == 0 || px == MAP - 1 || py == MAP - 1;
        image.setRGB(left + px, top + py, edge ? PngFiles.FAINT.getRGB() : shade(score));
      }
    }
  }

  /**
   * Few shades keep the file small, and show where scores change; even the faintest says which
   * class is nearer.
   */
  private static int shade(float score) {
    Color end = score < 0.5 ? LOW : HIGH;
    double sure = Math.clamp(Math.abs(score - 0.5) * 2, 0, 1);
    double strength = 0.15 + 0.85 * Math.round(sure * LEVELS) / LEVELS;
    int r = (int) Math.round(255 + (end.getRed() - 255) * strength);
    int green = (int) Math.round(255 + (end.getGreen() - 255) * strength);
    int b = (int) Math.round(255 + (end.getBlue() - 255) * strength);
    return new Color(r, green, b).getRGB();
  }
}

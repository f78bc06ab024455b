package io.cortado.models.pictures;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;

/** Draws curves of many trainings in one picture, all to the same scale. */
public final class CurveGrid {

  private static final int WIDTH = 360;
  private static final int HEIGHT = 300;
  private static final int HEAD = 44;

  private CurveGrid() {}

  /**
   * One training.
   *
   * @param title what is above
   */
  public record Cell(String title, CurvePicture.Panel panel) {}

  /**
   * Writes the picture.
   *
   * @param columns cells in a row
   * @param top where each cell's axis ends; what is above is cut off
   */
  public static void write(Path file, String title, int columns, double top, List<Cell> cells)
      throws IOException {
    int rows = (cells.size() + columns - 1) / columns;
    BufferedImage all = PngFiles.blank(WIDTH * columns, HEAD + HEIGHT * rows);
    Graphics2D g = PngFiles.brush(all);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, all.getWidth() / 2, 30);
    for (int i = 0; i < cells.size(); i++) {
      XYChart chart = CurvePicture.chart(cells.get(i).panel, WIDTH, HEIGHT);
      chart.setTitle(cells.get(i).title);
      chart.getStyler().setYAxisMin(0.0).setYAxisMax(top);
      chart.getStyler().setYAxisDecimalPattern(AxisPattern.of(new double[] {0, top}));
      g.drawImage(
          BitmapEncoder.getBufferedImage(chart),
          i % columns * WIDTH,
          HEAD + i / columns * HEIGHT,
          null);
    }
    g.dispose();
    PngFiles.write(all, file);
  }
}

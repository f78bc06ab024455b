package io.cortado.models.pictures;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws points of the plane in the colours of their classes. */
public final class ScatterPicture {

  private static final int WIDTH = 820;
  private static final int HEIGHT = 640;

  private static final Color[] COLORS = {
    new Color(0x1f, 0x77, 0xb4),
    new Color(0xff, 0x7f, 0x0e),
    new Color(0x2c, 0xa0, 0x2c),
    new Color(0xd6, 0x27, 0x28),
    new Color(0x94, 0x67, 0xbd),
    new Color(0x8c, 0x56, 0x4b),
    new Color(0xe3, 0x77, 0xc2),
    new Color(0x7f, 0x7f, 0x7f),
    new Color(0xbc, 0xbd, 0x22),
    new Color(0x17, 0xbe, 0xcf)
  };

  private ScatterPicture() {}

  /**
   * Writes the picture.
   *
   * @param points x and y of each point in turn
   * @param of each point's class
   * @param classes the names
   */
  public static void write(Path file, String title, float[] points, int[] of, List<String> classes)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("first number of the code")
            .yAxisTitle("second number of the code")
            .build();
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
        .setMarkerSize(4)
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setXAxisDecimalPattern("0.##").setYAxisDecimalPattern("0.##");
    for (int c = 0; c < classes.size(); c++) {
      add(chart, classes.get(c), points, of, c);
    }
    BufferedImage image = BitmapEncoder.getBufferedImage(chart);
    PngFiles.write(image, file);
  }

  private static void add(XYChart chart, String name, float[] points, int[] of, int c) {
    int n = 0;
    double[] x = new double[of.length];
    double[] y = new double[of.length];
    for (int i = 0; i < of.length; i++) {
      if (of[i] == c) {
        x[n] = points[2 * i];
        y[n++] = points[2 * i + 1];
      }
    }
    if (n > 0) {
      XYSeries series = chart.addSeries(name, Arrays.copyOf(x, n), Arrays.copyOf(y, n));
      series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(COLORS[c % COLORS.length]);
    }
  }
}

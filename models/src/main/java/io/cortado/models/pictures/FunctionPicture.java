package io.cortado.models.pictures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws functions of one number, panels side by side. */
final class FunctionPicture {

  private static final int WIDTH = 520;
  private static final int HEIGHT = 470;

  private static final Color[] COLORS = {
    new Color(0x1f, 0x77, 0xb4),
    new Color(0xd6, 0x5f, 0x0e),
    new Color(0x2c, 0x8c, 0x3c),
    new Color(0x8c, 0x56, 0xb8),
    new Color(0x70, 0x70, 0x70)
  };

  private FunctionPicture() {}

  /**
   * A function of the panel's numbers.
   *
   * @param name what the legend says
   * @param y a value for each of the panel's x
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Curve(String name, float[] y) {}

  /**
   * Functions over the same numbers.
   *
   * @param title what is above
   * @param axis what the numbers are
   * @param x the numbers, in order
   * @param top where the panel ends; higher values are cut off
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Panel(String title, String axis, float[] x, double top, List<Curve> curves) {}

  /** Writes the picture. */
  static void write(Path file, List<Panel> panels) throws IOException {
    BufferedImage all = PngFiles.blank(WIDTH * panels.size(), HEIGHT);
    Graphics2D g = PngFiles.brush(all);
    for (int i = 0; i < panels.size(); i++) {
      g.drawImage(BitmapEncoder.getBufferedImage(chart(panels.get(i))), i * WIDTH, 0, null);
    }
    g.dispose();
    PngFiles.write(all, file);
  }

  static XYChart chart(Panel panel) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(panel.title)
            .xAxisTitle(panel.axis)
            .yAxisTitle("loss")
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setYAxisMax(panel.top);
    chart
        .getStyler()
        .setXAxisDecimalPattern(AxisPattern.of(panel.x))
        .setYAxisDecimalPattern(AxisPattern.of(new double[] {lowest(panel), panel.top}));
    for (int i = 0; i < panel.curves.size(); i++) {
      Curve curve = panel.curves.get(i);
      int n = shown(panel, curve);
      double[] x = new double[n];
      double[] y = new double[n];
      for (int k = 0, at = 0; k < curve.y.length; k++) {
        if (curve.y[k] <= panel.top) {
          x[at] = panel.x[k];
          y[at++] = curve.y[k];
        }
      }
      XYSeries series = chart.addSeries(curve.name, x, y);
      series.setMarker(SeriesMarkers.NONE).setLineColor(COLORS[i % COLORS.length]);
      series.setLineStyle(new BasicStroke(2f));
    }
    RoundTicks.add(chart, panel.x[0] + 0.4 * (panel.x[1] - panel.x[0]), panel.top);
    return chart;
  }

  private static double lowest(Panel panel) {
    double lowest = panel.top;
    for (Curve curve : panel.curves) {
      for (float y : curve.y) {
        lowest = Math.min(lowest, y);
      }
    }
    return lowest;
  }

  private static int shown(Panel panel, Curve curve) {
    int n = 0;
    for (float y : curve.y) {
      n += y <= panel.top ? 1 : 0;
    }
    return n;
  }
}

package io.cortado.models.pictures;

import io.cortado.metrics.PrecisionRecallCurve;
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

/**
 * Draws what a decision's threshold does: a panel of precision, recall and F1 for each model, and
 * one of precision over recall for all of them.
 */
public final class ThresholdPicture {

  private static final int WIDTH = 470;
  private static final int HEIGHT = 430;
  private static final int HEAD = 44;

  private static final Color[] COLORS = {
    new Color(0x1f, 0x77, 0xb4), new Color(0xd6, 0x5f, 0x0e), new Color(0x2c, 0x8c, 0x3c)
  };

  private ThresholdPicture() {}

  /**
   * What a model's scores come to.
   *
   * @param name what the legend says
   * @param thresholds from low to high
   * @param precision for each threshold
   * @param recall for each threshold
   * @param f1 for each threshold
   * @param curve precision and recall of all thresholds there are
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sweep(
      String name,
      double[] thresholds,
      double[] precision,
      double[] recall,
      double[] f1,
      List<PrecisionRecallCurve.Point> curve) {}

  /** Writes the picture. */
  public static void write(Path file, String title, List<Sweep> sweeps) throws IOException {
    BufferedImage all = PngFiles.blank(WIDTH * (sweeps.size() + 1), HEIGHT + HEAD);
    Graphics2D g = PngFiles.brush(all);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, all.getWidth() / 2, 30);
    XYChart over = chart("all", "recall", "precision");
    for (int i = 0; i < sweeps.size(); i++) {
      Sweep s = sweeps.get(i);
      XYChart panel = chart(s.name, "threshold", "share");
      add(panel, "precision", s.thresholds, s.precision, 0);
      add(panel, "recall", s.thresholds, s.recall, 1);
      add(panel, "F1", s.thresholds, s.f1, 2);
      add(
          over,
          s.name,
          s.curve.stream().mapToDouble(PrecisionRecallCurve.Point::recall).toArray(),
          s.curve.stream().mapToDouble(PrecisionRecallCurve.Point::precision).toArray(),
          i);
      g.drawImage(BitmapEncoder.getBufferedImage(panel), i * WIDTH, HEAD, null);
    }
    g.drawImage(BitmapEncoder.getBufferedImage(over), sweeps.size() * WIDTH, HEAD, null);
    g.dispose();
    PngFiles.write(all, file);
  }

  private static XYChart chart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.InsideSW)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.0).setYAxisMin(0.0).setYAxisMax(1.0);
    chart.getStyler().setXAxisDecimalPattern("0.0").setYAxisDecimalPattern("0.0");
    return chart;
  }

  private static void add(XYChart chart, String name, double[] x, double[] y, int color) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE).setLineColor(COLORS[color % COLORS.length]);
    series.setLineStyle(new BasicStroke(2f));
  }
}

package io.cortado.models.pictures;

import io.cortado.train.LearningRateCurve;
import io.cortado.train.LearningRateCurve.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the loss over a growing learning rate. */
public final class LearningRatePicture {

  private static final Color LOSS = new Color(0xb8, 0xc4, 0xd0);
  private static final Color SMOOTHED = new Color(0x1f, 0x77, 0xb4);
  private static final Color SUGGESTED = new Color(0xd6, 0x5f, 0x0e);

  private LearningRatePicture() {}

  /**
   * Writes the picture.
   *
   * @throws IllegalArgumentException if the curve has no points
   */
  public static void write(Path file, LearningRateCurve curve) throws IOException {
    List<Point> points = curve.points();
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a curve without points cannot be drawn");
    }
    XYChart chart =
        new XYChartBuilder()
            .width(760)
            .height(460)
            .xAxisTitle("learning rate")
            .yAxisTitle("loss")
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    double top = values(points, Point::smoothed).max().orElse(1);
    double bottom =
        DoubleStream.concat(values(points, Point::smoothed), values(points, Point::loss))
            .filter(Double::isFinite)
            .min()
            .orElse(0);
    double room = Math.max(1e-6, 0.1 * (top - bottom));
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setXAxisDecimalPattern("0.#E0")
        .setYAxisDecimalPattern(AxisPattern.of(new double[] {bottom, top}))
        .setPlotGridVerticalLinesVisible(false)
        .setYAxisMin(bottom - room)
        .setYAxisMax(top + room);
    double[] rates = values(points, Point::lr).toArray();
    // Single batches may lie far above, and are gaps.
    double[] losses =
        values(points, Point::loss).map(l -> l <= top + room ? l : Double.NaN).toArray();
    line(chart, "of each batch", rates, losses, LOSS);
    line(chart, "smoothed", rates, values(points, Point::smoothed).toArray(), SMOOTHED);
    curve
        .suggestion()
        .ifPresent(lr ->
            line(
                chart,
                String.format(Locale.ROOT, "suggested: %.2g", lr),
                new double[] {lr, lr},
                new double[] {bottom - room, top + room},
                SUGGESTED));
    PngFiles.write(BitmapEncoder.getBufferedImage(chart), file);
  }

  private static DoubleStream values(List<Point> points, ToDoubleFunction<Point> of) {
    return points.stream().mapToDouble(of);
  }

  private static void line(XYChart chart, String name, double[] x, double[] y, Color color) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE).setLineColor(color);
    series.setLineStyle(new BasicStroke(2f));
  }
}

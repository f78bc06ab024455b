package io.cortado.models.pictures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a series and what was said of it. */
public final class SeriesPicture {

  private static final Color[] COLORS = {
    new Color(0x22, 0x22, 0x22), new Color(0xd6, 0x5f, 0x0e), new Color(0x1f, 0x77, 0xb4)
  };

  private SeriesPicture() {}

  /**
   * One line.
   *
   * @param name what the legend says
   * @param values one after the other
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Line(String name, double[] values) {}

  /**
   * Writes the picture.
   *
   * @param what the values are
   * @param years when
   * @param lines three at most, each with a value for each time
   */
  public static void write(Path file, String title, String what, double[] years, List<Line> lines)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(980)
            .height(460)
            .title(title)
            .xAxisTitle("year")
            .yAxisTitle(what)
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart
        .getStyler()
        .setXAxisDecimalPattern(AxisPattern.of(years))
        .setYAxisDecimalPattern(
            AxisPattern.of(lines.stream().map(Line::values).toArray(double[][]::new)))
        .setXAxisMaxLabelCount(16);
    for (int i = 0; i < lines.size(); i++) {
      XYSeries series = chart.addSeries(lines.get(i).name, years, lines.get(i).values);
      series.setMarker(SeriesMarkers.NONE).setLineColor(COLORS[i % COLORS.length]);
      series.setLineStyle(new BasicStroke(i == 0 ? 2.4f : 1.6f));
    }
    PngFiles.write(BitmapEncoder.getBufferedImage(chart), file);
  }
}

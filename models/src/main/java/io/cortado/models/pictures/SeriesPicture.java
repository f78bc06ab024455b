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
   * @param every what lies between two values, for the axis
   * @param what the values are
   * @param lines of equal length, three at most
   */
  public static void write(Path file, String title, String every, String what, List<Line> lines)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(980)
            .height(460)
            .title(title)
            .xAxisTitle(every)
            .yAxisTitle(what)
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.##");
    chart.getStyler().setXAxisMaxLabelCount(16);
    for (int i = 0; i < lines.size(); i++) {
      XYSeries series = chart.addSeries(lines.get(i).name, lines.get(i).values);
      series.setMarker(SeriesMarkers.NONE).setLineColor(COLORS[i % COLORS.length]);
      series.setLineStyle(new BasicStroke(i == 0 ? 2.4f : 1.6f));
    }
    PngFiles.write(BitmapEncoder.getBufferedImage(chart), file);
  }
}

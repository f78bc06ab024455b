package io.cortado.models.pictures;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws points of the plane, in colors by group. */
public final class ScatterPicture {

  private static final Color[] COLORS = {
    new Color(0x2c, 0x5a, 0xa0),
    new Color(0x6a, 0xa8, 0xd8),
    new Color(0xb8, 0xb8, 0xb8),
    new Color(0xe8, 0x9a, 0x4e),
    new Color(0xb3, 0x26, 0x1e)
  };

  private ScatterPicture() {}

  /**
   * Points of one color.
   *
   * @param name what the legend says
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Group(String name, double[] x, double[] y) {}

  /** Writes the picture; groups without points are left out. */
  public static void write(Path file, String title, String xAxis, String yAxis, List<Group> groups)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(760)
            .height(560)
            .title(title)
            .xAxisTitle(xAxis)
            .yAxisTitle(yAxis)
            .build();
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter)
        .setMarkerSize(5)
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    chart
        .getStyler()
        .setXAxisDecimalPattern(
            AxisPattern.of(groups.stream().map(Group::x).toArray(double[][]::new)))
        .setYAxisDecimalPattern(
            AxisPattern.of(groups.stream().map(Group::y).toArray(double[][]::new)));
    for (int i = 0; i < groups.size(); i++) {
      Group g = groups.get(i);
      if (g.x.length > 0) {
        chart
            .addSeries(g.name, g.x, g.y)
            .setMarker(SeriesMarkers.CIRCLE)
            .setMarkerColor(color(i, groups.size()));
      }
    }
    PngFiles.write(BitmapEncoder.getBufferedImage(chart), file);
  }

  /** Few groups take colors that are far from each other. */
  private static Color color(int group, int groups) {
    int last = COLORS.length - 1;
    return COLORS[groups > 1 && groups <= last ? group * last / (groups - 1) : group % (last + 1)];
  }
}

package io.cortado.models.pictures;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws points of the plane, in colors by group. */
public final class ScatterPicture {

  /** What colors the groups have. */
  public enum Colors {
    /** From blue over grey to red: for groups that have an order. */
    ORDERED(0x2c5aa0, 0x6aa8d8, 0xb8b8b8, 0xe89a4e, 0xb3261e),

    /** Ten that are told apart: for groups that have none (Tableau 10). */
    DISTINCT(
        0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22,
        0x17becf);

    private final int[] rgb;

    Colors(int... rgb) {
      this.rgb = rgb;
    }

    /** Few ordered groups take colors that are far from each other. */
    Color of(int group, int groups) {
      int last = rgb.length - 1;
      boolean few = this == ORDERED && groups > 1 && groups <= last;
      return new Color(rgb[few ? group * last / (groups - 1) : group % rgb.length]);
    }
  }

  private ScatterPicture() {}

  /**
   * Points of one color.
   *
   * @param name what the legend says
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Group(String name, double[] x, double[] y) {}

  /**
   * Groups points by their classes.
   *
   * @param points x and y of each point in turn
   * @param of each point's class
   * @param names the classes'
   */
  public static List<Group> byClass(float[] points, int[] of, List<String> names) {
    List<Group> groups = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      int number = c;
      int[] members = IntStream.range(0, of.length).filter(i -> of[i] == number).toArray();
      groups.add(
          new Group(
              names.get(c),
              IntStream.of(members).mapToDouble(i -> points[2 * i]).toArray(),
              IntStream.of(members).mapToDouble(i -> points[2 * i + 1]).toArray()));
    }
    return groups;
  }

  /** Writes the picture; groups without points are left out. */
  public static void write(
      Path file, String title, String xAxis, String yAxis, Colors colors, List<Group> groups)
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
            .setMarkerColor(colors.of(i, groups.size()));
      }
    }
    PngFiles.write(BitmapEncoder.getBufferedImage(chart), file);
  }
}

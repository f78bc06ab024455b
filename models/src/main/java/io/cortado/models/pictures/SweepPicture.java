package io.cortado.models.pictures;

import io.cortado.models.sweep.SweepTable;
import io.cortado.models.sweep.SweepTable.Row;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws for each option of a sweep what its values came to: a point for each setting. */
public final class SweepPicture {

  private static final int WIDTH = 480;
  private static final int HEIGHT = 380;
  private static final int TITLE = 44;
  private static final Color POINT = new Color(0x1f, 0x77, 0xb4);
  private static final Color BEST = new Color(0xd6, 0x5f, 0x0e);

  /** Numbers whose largest is so many times the smallest are set apart by their logarithms. */
  private static final double WIDE = 20;

  private SweepPicture() {}

  /** Writes the picture, the options side by side. */
  public static void write(Path file, String title, SweepTable table) throws IOException {
    List<String> options = List.copyOf(table.rows().getFirst().setting().keySet());
    BufferedImage all = PngFiles.blank(WIDTH * options.size(), HEIGHT + TITLE);
    Graphics2D g = PngFiles.brush(all);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, all.getWidth() / 2, 30);
    for (int i = 0; i < options.size(); i++) {
      XYChart chart = chart(options.get(i), table);
      g.drawImage(BitmapEncoder.getBufferedImage(chart), i * WIDTH, TITLE, null);
    }
    g.dispose();
    PngFiles.write(all, file);
  }

  private static XYChart chart(String option, SweepTable table) {
    List<String> values =
        table.rows().stream().map(r -> r.setting().get(option)).distinct().toList();
    boolean numbers = values.stream().allMatch(SweepPicture::isNumber);
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(numbers ? option : option + ": " + numbered(values))
            .yAxisTitle(table.figure())
            .build();
    chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    chart.getStyler().setXAxisLogarithmic(numbers && isWide(values));
    List<double[]> points = new ArrayList<>(); // the best last, on top of the others
    for (Row row : table.rows().reversed()) {
      String value = row.setting().get(option);
      double mean = row.of(table.figure()).getAverage();
      if (Double.isFinite(mean)) {
        points.add(
            new double[] {numbers ? Double.parseDouble(value) : values.indexOf(value) + 1, mean});
      }
    }
    for (int i = 0; i < points.size(); i++) {
      double[] p = points.get(i);
      XYSeries series = chart.addSeries("" + i, new double[] {p[0]}, new double[] {p[1]});
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(i == points.size() - 1 ? BEST : POINT);
    }
    return chart;
  }

  private static String numbered(List<String> values) {
    return String.join(
        ", ",
        IntStream.range(0, values.size()).mapToObj(i -> (i + 1) + " " + values.get(i)).toList());
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isWide(List<String> numbers) {
    List<Double> sorted =
        numbers.stream().map(Double::valueOf).sorted(Comparator.naturalOrder()).toList();
    return sorted.getFirst() > 0 && sorted.getLast() / sorted.getFirst() >= WIDE;
  }
}

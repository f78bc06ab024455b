package io.cortado.models.pictures;

import io.cortado.train.EpochResult;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws how loss and accuracy went from epoch to epoch. */
public final class CurvePicture {

  private static final int WIDTH = 560;
  private static final int HEIGHT = 400;
  private static final Color TRAIN = new Color(0x1f, 0x77, 0xb4);
  private static final Color VALIDATION = new Color(0xd6, 0x5f, 0x0e);

  /** More marks than these hide the line. */
  private static final int MOST_MARKS = 20;

  /** So many epochs have a label each. */
  private static final int MOST_LABELLED = 10;

  private CurvePicture() {}

  /**
   * One quantity over the epochs.
   *
   * @param name what the axis is labelled with
   * @param training one value an epoch
   * @param validation one value an epoch
   */
  public record Panel(String name, double[] training, double[] validation) {

    /** Returns the panel of a loss, or of what is made of it: its square root, for example. */
    public static Panel ofLoss(String name, List<EpochResult> history, DoubleUnaryOperator of) {
      return new Panel(
          name,
          history.stream().mapToDouble(EpochResult::loss).map(of).toArray(),
          history.stream().mapToDouble(e -> e.value("val_loss")).map(of).toArray());
    }
  }

  /** Writes the picture, the panels side by side. */
  public static void write(Path file, String title, Panel... panels) throws IOException {
    BufferedImage all = PngFiles.blank(WIDTH * panels.length, HEIGHT + 44);
    Graphics2D g = PngFiles.brush(all);
    g.setFont(PngFiles.TITLE);
    PngFiles.centred(g, title, all.getWidth() / 2, 30);
    for (int i = 0; i < panels.length; i++) {
      g.drawImage(
          BitmapEncoder.getBufferedImage(chart(panels[i], WIDTH, HEIGHT)), i * WIDTH, 44, null);
    }
    g.dispose();
    PngFiles.write(all, file);
  }

  /** Makes the chart of a panel. */
  static XYChart chart(Panel panel, int width, int height) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .xAxisTitle("epoch")
            .yAxisTitle(panel.name)
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendBorderColor(Color.WHITE);
    int epochs = panel.training.length;
    chart.getStyler().setXAxisMin(epochs == 1 ? 0.0 : 1.0).setXAxisMax(Math.max(2.0, epochs));
    chart
        .getStyler()
        .setXAxisDecimalPattern("0")
        .setYAxisDecimalPattern(AxisPattern.of(panel.training, panel.validation));
    add(chart, "training", panel.training, TRAIN);
    add(chart, "validation", panel.validation, VALIDATION);
    if (epochs > MOST_LABELLED) { // fewer would be labelled between them, too
      DoubleStream.concat(Arrays.stream(panel.training), Arrays.stream(panel.validation))
          .filter(Double::isFinite)
          .findFirst()
          .ifPresent(y -> RoundTicks.add(chart, 1.4, y));
    }
    return chart;
  }

  private static void add(XYChart chart, String name, double[] values, Color color) {
    // What is no number, as after a divergence, is left out: the chart could not be scaled.
    int[] shown =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    if (shown.length == 0) {
      return;
    }
    XYSeries series =
        chart.addSeries(
            name,
            Arrays.stream(shown).mapToDouble(i -> i + 1).toArray(),
            Arrays.stream(shown).mapToDouble(i -> values[i]).toArray());
    series.setMarker(shown.length > MOST_MARKS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    series.setMarkerColor(color).setLineColor(color);
    series.setLineStyle(new BasicStroke(2f));
  }
}

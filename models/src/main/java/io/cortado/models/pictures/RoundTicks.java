package io.cortado.models.pictures;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Puts an axis's labels at round numbers, and no more of them than have room.
 *
 * <p>XChart labels points of the data instead, close to each other, where these lie at equal
 * distances.
 */
final class RoundTicks {

  private static final String NAME = "round ticks";

  private RoundTicks() {}

  /**
   * Adds a point that is not drawn.
   *
   * @param x a number of the axis at which the chart has no point
   * @param y any number of the other axis
   */
  static void add(XYChart chart, double x, double y) {
    XYSeries unseen = chart.addSeries(NAME, new double[] {x}, new double[] {y});
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setShowInLegend(false);
  }
}

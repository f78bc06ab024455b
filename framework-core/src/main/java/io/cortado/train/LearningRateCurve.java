package io.cortado.train;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The loss as the learning rate grows, as {@link LearningRateFinder} measured it.
 *
 * @param points one for each step, by growing rates
 * @param diverged whether the loss grew so much that the search ended before its last rate
 */
public record LearningRateCurve(List<Point> points, boolean diverged) {

  /**
   * A step of the search.
   *
   * @param lr the learning rate
   * @param loss the loss of the step's batch, before the step
   * @param smoothed the weighted mean of the losses so far
   */
  public record Point(double lr, double loss, double smoothed) {}

  /** How many of the first points say nothing: the mean has seen few batches then. */
  static final int FIRST = 10;

  /** Copies the points. */
  public LearningRateCurve {
    points = List.copyOf(points);
  }

  /**
   * Returns the rate at which the smoothed loss falls most steeply, over the logarithm of the rate.
   *
   * <p>The first ten points are left out, and the last. Empty if no three points are left, or the
   * loss falls nowhere: the range has to be another one then.
   */
  public OptionalDouble suggestion() {
    int end = points.size() - 1;
    double steepest = 0;
    OptionalDouble best = OptionalDouble.empty();
    for (int i = FIRST; i < end; i++) {
      double slope = slope(i, FIRST, end - 1);
      if (slope < steepest) {
        steepest = slope;
        best = OptionalDouble.of(points.get(i).lr());
      }
    }
    return end - FIRST < 3 ? OptionalDouble.empty() : best;
  }

  /** Central differences, one-sided at both ends. */
  private double slope(int i, int first, int last) {
    int from = Math.max(first, i - 1);
    int to = Math.min(last, i + 1);
    return (points.get(to).smoothed() - points.get(from).smoothed()) / (to - from);
  }
}

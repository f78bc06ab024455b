package io.cortado.optim;

import io.cortado.backend.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A line search for a step that fulfils the strong Wolfe conditions: the loss falls by enough, and
 * its slope along the direction has become flat enough.
 *
 * <p>First steps grow until the minimum is known to lie between two of them; then the interval is
 * made smaller by cubic interpolation. It is PyTorch's, which is minFunc's.
 *
 * @see <a href="https://doi.org/10.1007/978-0-387-40065-5">Nocedal and Wright, Numerical
 *     Optimization (2006), algorithms 3.5 and 3.6</a>
 * @see <a href="https://www.cs.ubc.ca/~schmidtm/Software/minFunc.html">minFunc</a>
 */
final class StrongWolfe {

  private static final double ENOUGH_DECREASE = 1e-4;
  private static final double FLAT_ENOUGH = 0.9;
  private static final int MOST_EVALUATIONS = 25;

  /** How many gradients are kept at once, the one that the search begins with included. */
  static final int GRADIENTS = 5;

  /**
   * What is known of a step.
   *
   * @param t its length in directions
   * @param loss the loss there
   * @param slope the loss's derivative along the direction
   * @param gradient the gradient there
   */
  record Point(double t, double loss, double slope, Buffer gradient) {}

  /** Looks at the loss some way along the direction. */
  @FunctionalInterface
  interface Line {

    /**
     * Returns what is there.
     *
     * @param gradient where to write the gradient
     */
    Point at(double t, Buffer gradient);
  }

  private final Line line;
  private final Point start;
  private final double directionSize;
  private final double toleranceChange;
  private final Deque<Buffer> free;
  private int evaluations;

  /**
   * Makes a search.
   *
   * @param start at t = 0
   * @param directionSize the largest element of the direction
   * @param free four buffers for gradients, beside that of the start
   */
  StrongWolfe(
      Line line, Point start, double directionSize, double toleranceChange, List<Buffer> free) {
    this.line = line;
    this.start = start;
    this.directionSize = directionSize;
    this.toleranceChange = toleranceChange;
    this.free = new ArrayDeque<>(free);
  }

  /** Returns how often the loss was computed. */
  int evaluations() {
    return evaluations;
  }

  private Point at(double t) {
    evaluations++;
    return line.at(t, free.pop());
  }

  /** Gives back the gradient of a point that is not needed any more, if no other one has it. */
  private void drop(Point p, Point... kept) {
    for (Point k : kept) {
      if (k.gradient == p.gradient) {
        return;
      }
    }
    if (p.gradient != start.gradient) {
      free.push(p.gradient);
    }
  }

  private boolean fallsTooLittle(Point p) {
    return p.loss > start.loss + ENOUGH_DECREASE * p.t * start.slope;
  }

  private boolean isFlat(Point p) {
    return Math.abs(p.slope) <= -FLAT_ENOUGH * start.slope;
  }

  /** Returns the step that was found; its gradient is one of the buffers. */
  Point search(double first) {
    Point before = start;
    Point p = at(first);
    int rounds = 0;
    while (rounds < MOST_EVALUATIONS) {
      if (fallsTooLittle(p) || (rounds > 1 && p.loss >= before.loss)) {
        return zoom(before, p, rounds);
      }
      if (isFlat(p)) {
        return p;
      }
      if (p.slope >= 0) {
        return zoom(before, p, rounds);
      }
      double least = p.t + 0.01 * (p.t - before.t);
      double next = cubic(before, p, least, p.t * 10);
      drop(before, p);
      before = p;
      p = at(next);
      rounds++;
    }
    return p.loss < start.loss ? p : start;
  }

  private Point zoom(Point a, Point b, int roundsDone) {
    Point[] bracket = {a, b};
    int low = a.loss <= b.loss ? 0 : 1;
    boolean stuck = false;
    for (int round = roundsDone; round < MOST_EVALUATIONS; round++) {
      if (Math.abs(b.t - a.t) * directionSize < toleranceChange) {
        break;
      }
      double left = Math.min(a.t, b.t);
      double right = Math.max(a.t, b.t);
      double t = cubic(a, b, left, right);
      double margin = 0.1 * (right - left);
      if (Math.min(right - t, t - left) < margin) { // near an end, which would make no progress
        if (stuck || t >= right || t <= left) {
          t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
          stuck = false;
        } else {
          stuck = true;
        }
      } else {
        stuck = false;
      }
      Point p = at(t);
      int high = 1 - low;
      if (fallsTooLittle(p) || p.loss >= bracket[low].loss) {
        drop(bracket[high], bracket[low]);
        bracket[high] = p;
        low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      } else {
        if (isFlat(p)) {
          return p;
        }
        if (p.slope * (bracket[high].t - bracket[low].t) >= 0) {
          drop(bracket[high], bracket[low]);
          bracket[high] = bracket[low];
        } else {
          drop(bracket[low], bracket[high]);
        }
        bracket[low] = p;
      }
      a = bracket[0];
      b = bracket[1];
    }
    return bracket[low];
  }

  /** Returns the minimum of the cubic through two points with their slopes, within bounds. */
  private static double cubic(Point x, Point y, double least, double most) {
    double d1 = x.slope + y.slope - 3 * (x.loss - y.loss) / (x.t - y.t);
    double square = d1 * d1 - x.slope * y.slope;
    if (!(square >= 0)) {
      return (least + most) / 2;
    }
    double d2 = Math.sqrt(square);
    double minimum =
        x.t <= y.t
            ? y.t - (y.t - x.t) * ((y.slope + d2 - d1) / (y.slope - x.slope + 2 * d2))
            : x.t - (x.t - y.t) * ((x.slope + d2 - d1) / (x.slope - y.slope + 2 * d2));
    return Math.min(Math.max(minimum, least), most);
  }
}

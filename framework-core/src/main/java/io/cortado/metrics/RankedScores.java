package io.cortado.metrics;

import java.util.Arrays;

/**
 * The scores of positive and of negative samples: all of them, 8 bytes each.
 *
 * <p>Sorted apart and walked together they give the counts above each threshold, ties in one step.
 */
final class RankedScores {

  /** Is told the counts at each threshold, from the highest score to the lowest. */
  @FunctionalInterface
  interface Visitor {

    /**
     * Takes in a threshold.
     *
     * @param truePositives how many positive samples have it or more
     * @param falsePositives how many negative samples have it or more
     */
    void visit(double threshold, long truePositives, long falsePositives);
  }

  private double[] positives = {};
  private double[] negatives = {};
  private int positiveCount;
  private int negativeCount;
  private boolean sorted = true;

  void add(double score, boolean positive) {
    if (positive) {
      positives = roomFor(positives, positiveCount);
      positives[positiveCount++] = score;
    } else {
      negatives = roomFor(negatives, negativeCount);
      negatives[negativeCount++] = score;
    }
    sorted = false;
  }

  private static double[] roomFor(double[] all, int count) {
    return count < all.length
        ? all
        : Arrays.copyOf(all, Math.max(16, Math.multiplyExact(count, 2)));
  }

  long positives() {
    return positiveCount;
  }

  long negatives() {
    return negativeCount;
  }

  void visit(Visitor visitor) {
    if (!sorted) {
      Arrays.sort(positives, 0, positiveCount);
      Arrays.sort(negatives, 0, negativeCount);
      sorted = true;
    }
    int p = positiveCount;
    int n = negativeCount;
    while (p > 0 || n > 0) {
      double threshold =
          Math.max(
              p > 0 ? positives[p - 1] : Double.NEGATIVE_INFINITY,
              n > 0 ? negatives[n - 1] : Double.NEGATIVE_INFINITY);
      while (p > 0 && positives[p - 1] == threshold) {
        p--;
      }
      while (n > 0 && negatives[n - 1] == threshold) {
        n--;
      }
      visitor.visit(threshold, positiveCount - p, negativeCount - n);
    }
  }

  /** Returns the area below the ROC curve, an exact ratio rounded once; NaN without two classes. */
  double rocAuc() {
    Area area = new Area();
    visit(area);
    return area.twice / (2.0 * positiveCount * negativeCount);
  }

  private static final class Area implements Visitor {
    private long tp;
    private long fp;
    private double twice; // a whole number, exact below 2^53

    @Override
    public void visit(double threshold, long truePositives, long falsePositives) {
      twice += (double) (falsePositives - fp) * (truePositives + tp);
      tp = truePositives;
      fp = falsePositives;
    }
  }

  /** Returns the average precision; NaN without positive samples. */
  double averagePrecision() {
    Steps steps = new Steps();
    visit(steps);
    return steps.sum.value() / positiveCount;
  }

  private static final class Steps implements Visitor {
    private long tp;
    private final Sum sum = new Sum();

    @Override
    public void visit(double threshold, long truePositives, long falsePositives) {
      double precision = (double) truePositives / (truePositives + falsePositives);
      sum.add((truePositives - tp) * precision);
      tp = truePositives;
    }
  }
}

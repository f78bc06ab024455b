package io.cortado.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU, the overlap of a translation with reference translations, over a whole corpus: {@code bp *
 * exp(sum(w_n log p_n))}.
 *
 * <p>p_n is the share of the hypotheses' n-grams that occur in a reference, each counted at most as
 * often as in the one reference that has it most often; bp is {@code exp(1 - r / h)} if the
 * hypotheses' length h is below r, the sum of the lengths of the references closest to each (of two
 * the shorter), else 1. From 0 to 1, where sacreBLEU says 0 to 100. Tokens are the caller's: any
 * objects with {@code equals} and {@code hashCode}.
 *
 * <p>Smoothing is sacreBLEU's. Without it, it is NLTK's {@code corpus_bleu} with two exceptions: a
 * precision of 0 makes it 0, as in sacreBLEU, where NLTK comes to some 1e-100; and a hypothesis of
 * less than n tokens has no n-grams, where NLTK counts one. It is 0 as well if nothing overlaps,
 * whatever the smoothing, and NaN if nothing was seen.
 *
 * @see <a href="https://aclanthology.org/P02-1040">Papineni et al., BLEU (2002)</a>
 * @see <a href="https://github.com/mjpost/sacrebleu">sacreBLEU</a>
 */
public final class Bleu {

  /** What is done about n-grams of which none was right. */
  public enum Smoothing {
    /** Nothing: the score is 0. */
    NONE,
    /** The first such precision counts half a match, the next a quarter, and so on; NIST's. */
    EXP,
    /** A tenth of a match is counted. */
    FLOOR,
    /** One match more in one n-gram more is counted for each n above 1. */
    ADD_K
  }

  private static final double FLOOR_VALUE = 0.1;
  private static final double ADDED = 1;

  private final double[] weights;
  private final Smoothing smoothing;
  private final long[] right;
  private final long[] total;
  private long hypothesisLength;
  private long referenceLength;
  private long pairs;

  /** Makes a metric of n-grams up to 4, equally weighted, not smoothed. */
  public Bleu() {
    this(Smoothing.NONE, 0.25, 0.25, 0.25, 0.25);
  }

  /**
   * Makes a metric.
   *
   * @param weights of 1-grams, 2-grams and so on
   * @throws IllegalArgumentException if there are none, or one is negative or not finite
   */
  public Bleu(Smoothing smoothing, double... weights) {
    for (double w : weights) {
      if (!(w >= 0) || Double.isInfinite(w)) {
        throw new IllegalArgumentException(
            "bleu: weights " + Arrays.toString(weights) + " have to be numbers of 0 or more");
      }
    }
    if (weights.length == 0) {
      throw new IllegalArgumentException("bleu: give the weight of 1-grams at least");
    }
    this.smoothing = smoothing;
    this.weights = weights.clone();
    right = new long[weights.length];
    total = new long[weights.length];
  }

  /** Forgets everything seen so far. */
  public void reset() {
    Arrays.fill(right, 0);
    Arrays.fill(total, 0);
    hypothesisLength = 0;
    referenceLength = 0;
    pairs = 0;
  }

  /**
   * Takes in a translation beside one or more right ones.
   *
   * @throws IllegalArgumentException if there are no references
   */
  public void update(List<?> hypothesis, List<? extends List<?>> references) {
    if (references.isEmpty()) {
      throw new IllegalArgumentException(
          "bleu: no reference for a hypothesis of "
              + hypothesis.size()
              + " tokens; give one or more");
    }
    for (int n = 1; n <= weights.length; n++) {
      Map<List<?>, Integer> most = new HashMap<>();
      for (List<?> reference : references) {
        ngrams(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
      }
      for (Map.Entry<List<?>, Integer> e : ngrams(hypothesis, n).entrySet()) {
        right[n - 1] += Math.min(e.getValue(), most.getOrDefault(e.getKey(), 0));
      }
      total[n - 1] += Math.max(0, hypothesis.size() - n + 1);
    }
    hypothesisLength += hypothesis.size();
    referenceLength += closest(hypothesis.size(), references);
    pairs++;
  }

  private static Map<List<?>, Integer> ngrams(List<?> tokens, int n) {
    Map<List<?>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(List.copyOf(tokens.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  private static int closest(int length, List<? extends List<?>> references) {
    int best = references.getFirst().size();
    for (List<?> reference : references) {
      int size = reference.size();
      int farther = Math.abs(size - length) - Math.abs(best - length);
      best = farther < 0 || farther == 0 && size < best ? size : best;
    }
    return best;
  }

  /** Returns the score of everything seen since {@link #reset}. */
  public double compute() {
    if (pairs == 0) {
      return Double.NaN;
    }
    if (Arrays.stream(right).allMatch(r -> r == 0)) {
      return 0;
    }
    double logs = 0;
    double halved = 1;
    for (int n = 0; n < weights.length; n++) {
      if (right[n] == 0) {
        halved /= 2;
      }
      if (weights[n] > 0) {
        logs += weights[n] * Math.log(precision(n, halved));
      }
    }
    double shortness =
        hypothesisLength < referenceLength
            ? Math.exp(1 - (double) referenceLength / hypothesisLength)
            : 1;
    return shortness * Math.exp(logs);
  }

  private double precision(int n, double halved) {
    double matches = right[n];
    double grams = total[n];
    if (smoothing == Smoothing.ADD_K && n > 0) {
      matches += ADDED;
      grams += ADDED;
    }
    if (grams == 0) {
      return 0;
    }
    if (matches == 0) {
      matches =
          switch (smoothing) {
            case EXP -> halved;
            case FLOOR -> FLOOR_VALUE;
            case NONE, ADD_K -> 0;
          };
    }
    return matches / grams;
  }
}

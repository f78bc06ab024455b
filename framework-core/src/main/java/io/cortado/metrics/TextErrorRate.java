package io.cortado.metrics;

import java.util.List;

/**
 * The share of a text's tokens that are wrong: {@code sum of edit distances / sum of the
 * references' lengths}, over all pairs of texts.
 *
 * <p>{@link #words()} and {@link #characters()} make the two usual ones. It can be above 1. If all
 * references are empty it is infinite, or NaN if nothing was wrong or nothing was seen.
 *
 * @see EditDistance
 * @see <a
 *     href="https://lightning.ai/docs/torchmetrics/stable/text/word_error_rate.html">torchmetrics'
 *     WordErrorRate</a>
 */
public final class TextErrorRate {

  private final boolean byWord;
  private long errors;
  private long length;

  private TextErrorRate(boolean byWord) {
    this.byWord = byWord;
  }

  /** Makes the word error rate, WER; words are what white space separates. */
  public static TextErrorRate words() {
    return new TextErrorRate(true);
  }

  /** Makes the character error rate, CER, by code points. */
  public static TextErrorRate characters() {
    return new TextErrorRate(false);
  }

  /** Takes in a text beside the right one. */
  public void update(String hypothesis, String reference) {
    List<?> right = tokens(reference);
    errors += EditDistance.of(tokens(hypothesis), right);
    length += right.size();
  }

  private List<?> tokens(String text) {
    if (!byWord) {
      return text.codePoints().boxed().toList();
    }
    String s = text.strip();
    return s.isEmpty() ? List.of() : List.of(s.split("\\s+", -1));
  }

  /** Returns how many insertions, deletions and substitutions there were. */
  public long errors() {
    return errors;
  }

  /** Forgets everything seen so far. */
  public void reset() {
    errors = 0;
    length = 0;
  }

  /** Returns the rate. */
  public double compute() {
    return (double) errors / length;
  }
}

package io.cortado.models.word2vec;

import io.cortado.data.DataException;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A text by the numbers of its words; a context ends where a line ends, and rare words are passed
 * over.
 *
 * @param words line after line, each followed by {@link #END}
 * @param counts how often each word is there
 * @param total how many words there are
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Corpus(Vocabulary vocabulary, int[] words, long[] counts, long total) {

  /** Stands where a line ends. */
  static final int END = -1;

  private static final double POWER = 0.75;

  /**
   * Counts and numbers the words of a text.
   *
   * @param known how many words at most
   * @param rare words that are there less often are passed over
   * @throws DataException if hardly any word is there often enough
   */
  static Corpus of(String name, String text, int known, int rare) {
    List<String> lines = text.lines().toList();
    Vocabulary vocabulary =
        Vocabulary.of(() -> lines.stream().map(Tokenizer.WORDS::tokens).iterator(), known, rare);
    if (vocabulary.tokens().size() < 2) {
      throw new DataException(
          "%s has fewer than two words that are there %d times or more; give a longer text, or a smaller --rare"
              .formatted(name, rare));
    }
    Map<String, Integer> numbers = vocabulary.numbers();
    long[] counts = new long[vocabulary.size()];
    int[] words = new int[1024];
    int n = 0;
    for (String line : lines) {
      List<String> tokens = Tokenizer.WORDS.tokens(line);
      words =
          n + tokens.size() + 1 > words.length
              ? Arrays.copyOf(words, 2 * words.length + tokens.size())
              : words;
      for (String token : tokens) {
        Integer number = numbers.get(token);
        if (number != null) {
          words[n++] = number;
          counts[number]++;
        }
      }
      words[n++] = END;
    }
    return new Corpus(vocabulary, Arrays.copyOf(words, n), counts, Arrays.stream(counts).sum());
  }

  /**
   * Returns how probably each word is kept: the more often it is there, the less it tells.
   *
   * @param threshold of the share of a word, as of word2vec's {@code -sample}
   */
  double[] kept(double threshold) {
    double[] kept = new double[counts.length];
    for (int w = 0; w < kept.length; w++) {
      double ratio = counts[w] == 0 ? 1 : threshold / ((double) counts[w] / total);
      kept[w] = Math.min(1, Math.sqrt(ratio) + ratio);
    }
    return kept;
  }

  /** Returns the sums of the counts, each to the power of 3/4, up to each word. */
  double[] noise() {
    double[] sums = new double[counts.length];
    double sum = 0;
    for (int w = 0; w < sums.length; w++) {
      sum += Math.pow((double) counts[w], POWER);
      sums[w] = sum;
    }
    return sums;
  }
}

package io.cortado.models.word2vec;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Words with a word of their neighbourhood, and others drawn at random, batch by batch.
 *
 * <p>How far the neighbourhood of a word goes is drawn anew each time, up to the window.
 */
final class SkipGrams {

  /** Cells of the table that a random word is drawn by. */
  private static final int TABLE = 1 << 20;

  /** How a corpus is read. */
  record Reading(int window, int negatives, double threshold) {}

  private final Corpus corpus;
  private final Reading reading;
  private final double[] kept;
  private final int[] table;
  private final SplittableRandom random;
  private final int[] centers;
  private final int[] others;
  private int[] line = new int[256];
  private int length;
  private int place;
  private int left;
  private int right = -1;
  private int at;

  SkipGrams(Corpus corpus, Reading reading, int batch, long seed) {
    this.corpus = corpus;
    this.reading = reading;
    kept = corpus.kept(reading.threshold);
    random = new SplittableRandom(seed);
    centers = new int[batch];
    others = new int[batch * (1 + reading.negatives)];
    table = new int[TABLE];
    double[] noise = corpus.noise();
    for (int i = 0, w = 0; i < TABLE; i++) {
      while (w < noise.length - 1 && noise[w] < (i + 0.5) / TABLE * noise[noise.length - 1]) {
        w++;
      }
      table[i] = w;
    }
  }

  /** Returns the words of the batch. */
  int[] centers() {
    return centers;
  }

  /**
   * Returns for each its neighbor and the words drawn at random, {@code [batch, 1 + negatives]}.
   */
  int[] others() {
    return others;
  }

  /** Returns how much of the corpus has been read, as a share of it. */
  double done() {
    return (double) at / corpus.words().length;
  }

  /** Makes the next batch; false if what is left of the corpus does not fill one. */
  boolean next() {
    int width = 1 + reading.negatives;
    for (int i = 0; i < centers.length; i++) {
      while (left > right) {
        if (!nextWord()) {
          return false;
        }
      }
      centers[i] = line[place];
      others[i * width] = line[left++];
      left += left == place ? 1 : 0;
      for (int k = 1; k < width; k++) {
        others[i * width + k] = negative(others[i * width]);
      }
    }
    return true;
  }

  /** Draws a word that is not the neighbor itself, where there is another. */
  private int negative(int neighbor) {
    int word = table[random.nextInt(TABLE)];
    for (int tries = 0; word == neighbor && tries < 10; tries++) {
      word = table[random.nextInt(TABLE)];
    }
    return word;
  }

  private boolean nextWord() {
    place++;
    while (place >= length) {
      if (at >= corpus.words().length) {
        return false;
      }
      readLine();
    }
    int reach = 1 + random.nextInt(reading.window);
    left = Math.max(0, place - reach);
    right = Math.min(length - 1, place + reach);
    left += left == place ? 1 : 0;
    right -= right == place ? 1 : 0;
    return true;
  }

  private void readLine() {
    length = 0;
    place = 0;
    for (int word = corpus.words()[at++]; word != Corpus.END; word = corpus.words()[at++]) {
      if (random.nextDouble() < kept[word]) {
        line = length == line.length ? Arrays.copyOf(line, 2 * length) : line;
        line[length++] = word;
      }
    }
  }

  /** Goes back to the beginning. */
  void restart() {
    at = 0;
    length = 0;
    place = 0;
    left = 0;
    right = -1;
  }
}

package io.cortado.models.word2vec;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Goes through a corpus once, from each word that is kept to each of its neighbors. */
final class PairWalk {

  private final int[] words;
  private final double[] kept;
  private final int window;
  private final SplittableRandom random;
  private int[] line = new int[256];
  private int length;
  private int place;
  private int left;
  private int right = -1;
  private int at;
  private int neighbor;

  /**
   * Begins.
   *
   * @param words as in {@link Corpus}
   * @param kept how probably each word is
   * @param window how far a neighbor may be
   */
  PairWalk(int[] words, double[] kept, int window, SplittableRandom random) {
    this.words = words;
    this.kept = kept;
    this.window = window;
    this.random = random;
  }

  /** Goes to the next pair; false if there is none. */
  boolean next() {
    while (left > right) {
      if (!nextWord()) {
        return false;
      }
    }
    neighbor = line[left++];
    left += left == place ? 1 : 0;
    return true;
  }

  int center() {
    return line[place];
  }

  int neighbor() {
    return neighbor;
  }

  private boolean nextWord() {
    place++;
    while (place >= length) {
      if (at >= words.length) {
        return false;
      }
      readLine();
    }
    int reach = Math.min(length, 1 + random.nextInt(window)); // a window may be any number
    left = Math.max(0, place - reach);
    right = Math.min(length - 1, place + reach);
    left += left == place ? 1 : 0;
    right -= right == place ? 1 : 0;
    return true;
  }

  private void readLine() {
    length = 0;
    place = 0;
    for (int word = words[at++]; word != Corpus.END; word = words[at++]) {
      if (random.nextDouble() < kept[word]) {
        line = length == line.length ? Arrays.copyOf(line, 2 * length) : line;
        line[length++] = word;
      }
    }
  }
}

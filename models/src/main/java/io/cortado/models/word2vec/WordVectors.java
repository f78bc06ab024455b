package io.cortado.models.word2vec;

import io.cortado.models.data.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Words by vectors of length 1: the cosine tells how alike two are.
 *
 * @param width numbers of a vector
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WordVectors(Vocabulary vocabulary, Map<String, Integer> numbers, float[] values, int width) {

  /** A word and how alike it is. */
  record Near(String word, double cosine) {}

  /**
   * Scales vectors to length 1.
   *
   * @param table a row for each number of the vocabulary
   */
  static WordVectors of(Vocabulary vocabulary, float[] table, int width) {
    float[] values = table.clone();
    for (int w = 0; w < vocabulary.size(); w++) {
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += (double) table[w * width + i] * table[w * width + i];
      }
      for (int i = 0; i < width; i++) {
        values[w * width + i] /= (float) Math.sqrt(Math.max(squares, 1e-30));
      }
    }
    return new WordVectors(vocabulary, vocabulary.numbers(), values, width);
  }

  /** Says whether a word has a vector. */
  boolean knows(String word) {
    return numbers.containsKey(word);
  }

  /**
   * Returns a word's vector.
   *
   * @throws IllegalArgumentException if it has none
   */
  float[] of(String word) {
    Integer number =
        Optional.ofNullable(numbers.get(word))
            .orElseThrow(() -> new IllegalArgumentException("no vector for '" + word + "'"));
    float[] v = new float[width];
    System.arraycopy(values, number * width, v, 0, width);
    return v;
  }

  /** Returns the words most like a word. */
  List<Near> nearest(String word, int count) {
    return nearest(of(word), Set.of(word), count);
  }

  /** Returns the words most like {@code c + (b - a)}: those that are to c what b is to a. */
  List<Near> analogy(String a, String b, String c, int count) {
    float[] x = of(a);
    float[] y = of(b);
    float[] wanted = of(c);
    for (int i = 0; i < width; i++) {
      wanted[i] += y[i] - x[i];
    }
    return nearest(wanted, Set.of(a, b, c), count);
  }

  private List<Near> nearest(float[] wanted, Set<String> but, int count) {
    double squares = 0;
    for (float v : wanted) {
      squares += (double) v * v;
    }
    double norm = Math.sqrt(squares);
    int first = vocabulary.size() - vocabulary.tokens().size();
    List<Near> best = new ArrayList<>();
    for (int w = first; w < vocabulary.size(); w++) {
      double dot = 0;
      for (int i = 0; i < width; i++) {
        dot += wanted[i] * values[w * width + i];
      }
      double cosine = dot / norm;
      if (best.size() < count || cosine > best.getLast().cosine) {
        String word = vocabulary.token(w);
        if (!but.contains(word)) {
          best.add(new Near(word, cosine));
          best.sort(Comparator.comparingDouble(n -> -n.cosine));
          if (best.size() > count) {
            best.removeLast();
          }
        }
      }
    }
    return best;
  }
}

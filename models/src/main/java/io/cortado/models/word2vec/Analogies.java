package io.cortado.models.word2vec;

import io.cortado.data.DataException;
import io.cortado.models.word2vec.WordVectors.Near;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pairs of words by relation, which come with this module.
 *
 * @param pairs of each relation
 */
record Analogies(Map<String, List<Pair>> pairs) {

  private static final String FILE = "analogies.txt";

  /** How many answers are looked at. */
  private static final int FEW = 5;

  /** Two words of a relation. */
  record Pair(String first, String second) {}

  /**
   * How a relation's questions were answered.
   *
   * @param asked those of which all four words are known
   * @param right the first answer is the right one
   * @param near it is one of the first five
   */
  record Score(int asked, int right, int near) {}

  static Analogies read() {
    try (InputStream in = Analogies.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new DataException("the resource " + FILE + " is missing from the models' jar");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new DataException("the resource " + FILE + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Analogies parse(String text) {
    Map<String, List<Pair>> pairs = new LinkedHashMap<>();
    List<Pair> current = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
      if (line.startsWith(": ")) {
        current = pairs.computeIfAbsent(line.substring(2), r -> new ArrayList<>());
      } else {
        String[] words = line.split(" ", -1);
        current.add(new Pair(words[0], words[1]));
      }
    }
    return new Analogies(pairs);
  }

  /** Returns the pairs of a relation whose words are both known. */
  List<Pair> known(String relation, WordVectors vectors) {
    return pairs.getOrDefault(relation, List.of()).stream()
        .filter(p -> vectors.knows(p.first) && vectors.knows(p.second))
        .toList();
  }

  /** Asks each pair of a relation by each other. */
  Score score(String relation, WordVectors vectors) {
    List<Pair> known = known(relation, vectors);
    int right = 0;
    int near = 0;
    for (Pair a : known) {
      for (Pair b : known) {
        if (!a.equals(b)) {
          List<String> said =
              vectors.analogy(a.first, a.second, b.first, FEW).stream().map(Near::word).toList();
          right += said.getFirst().equals(b.second) ? 1 : 0;
          near += said.contains(b.second) ? 1 : 0;
        }
      }
    }
    return new Score(known.size() * (known.size() - 1), right, near);
  }
}

package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Texts, each of one class.
 *
 * @param name what they are called
 * @param texts the texts
 * @param labels the class of each
 * @param classes the names of the classes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LabelledTexts(String name, List<String> texts, int[] labels, List<String> classes) {

  /** A text and the name of its class. */
  public record Text(String text, String label) {}

  /**
   * Sorts texts by classes, in alphabetical order; of texts that are the same only the first stays,
   * so that none is in the test and in the training.
   *
   * @throws DataException if there are less than two classes
   */
  public static LabelledTexts of(String name, List<Text> all) {
    List<String> classes = all.stream().map(Text::label).distinct().sorted().toList();
    if (classes.size() < 2) {
      throw new DataException(
          "%s has %s; a classifier needs texts of two classes or more"
              .formatted(
                  name,
                  classes.isEmpty() ? "no texts" : "only the class '" + classes.get(0) + "'"));
    }
    Set<String> seen = new HashSet<>();
    List<Text> kept = all.stream().filter(t -> seen.add(t.text())).toList();
    return new LabelledTexts(
        name,
        kept.stream().map(Text::text).toList(),
        kept.stream().mapToInt(t -> classes.indexOf(t.label())).toArray(),
        classes);
  }

  /** Returns how many there are. */
  public int size() {
    return labels.length;
  }

  /** Returns some texts as tokens. */
  public List<List<String>> tokens(Tokenizer tokenizer, int[] rows) {
    List<List<String>> tokens = new ArrayList<>();
    for (int row : rows) {
      tokens.add(tokenizer.tokens(texts.get(row)));
    }
    return tokens;
  }
}

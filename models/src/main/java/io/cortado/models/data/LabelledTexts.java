package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts, each of one class.
 *
 * @param name what they are called
 * @param texts the texts
 * @param labels the class of each
 * @param classes the names of the classes
 * @param dropped how many more were there, each the same as one that stayed
 * @param leftOut how many files beside them are of another kind
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LabelledTexts(
    String name, List<String> texts, int[] labels, List<String> classes, int dropped, int leftOut) {

  /** Characters of a text that a message shows. */
  private static final int SHOWN = 60;

  /** A text and the name of its class. */
  public record Text(String text, String label) {}

  /**
   * Sorts texts by classes, in alphabetical order; of texts that are the same only the first stays,
   * so that none is in the test and in the training.
   *
   * @throws DataException if there are less than two classes, or a text is of several
   */
  public static LabelledTexts of(String name, List<Text> all) {
    return of(name, all, 0);
  }

  /** Sorts texts from files, beside which others are left out. */
  static LabelledTexts of(String name, List<Text> all, int leftOut) {
    List<String> classes = all.stream().map(Text::label).distinct().sorted().toList();
    if (classes.size() < 2) {
      throw new DataException(
          "%s has %s; a classifier needs texts of two classes or more"
              .formatted(
                  name,
                  classes.isEmpty() ? "no texts" : "only the class '" + classes.get(0) + "'"));
    }
    Map<String, String> labels = new HashMap<>();
    List<Text> kept =
        all.stream().filter(t -> labels.putIfAbsent(t.text(), t.label()) == null).toList();
    checkLabels(name, all, labels);
    return new LabelledTexts(
        name,
        kept.stream().map(Text::text).toList(),
        kept.stream().mapToInt(t -> classes.indexOf(t.label())).toArray(),
        classes,
        all.size() - kept.size(),
        leftOut);
  }

  /** Which of a text's classes is meant nobody knows; that of the first would be a guess. */
  private static void checkLabels(String name, List<Text> all, Map<String, String> labels) {
    List<Text> others = all.stream().filter(t -> !t.label().equals(labels.get(t.text()))).toList();
    if (!others.isEmpty()) {
      Text first = others.getFirst();
      throw new DataException(
          "%s: the text '%s' is there as '%s' and as '%s'%s; keep one class of each text, or leave it out"
              .formatted(
                  name,
                  beginning(first.text()),
                  labels.get(first.text()),
                  first.label(),
                  others.size() == 1
                      ? ""
                      : ", and %,d more contradict an earlier one".formatted(others.size() - 1)));
    }
  }

  private static String beginning(String text) {
    String line = text.strip().lines().findFirst().orElse("");
    return line.codePointCount(0, line.length()) <= SHOWN
        ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN)) + "...";
  }

  /** Returns what is left out, to be said behind how many there are; empty for nothing. */
  public String without() {
    return leftOut == 0 ? "" : "; without " + ClassFolder.words(leftOut);
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

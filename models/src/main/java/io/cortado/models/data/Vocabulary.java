package io.cortado.models.data;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens by number: 0 stands for nothing, which fills up short texts, 1 for all that is unknown.
 *
 * @param tokens those of the numbers from 2 on
 */
public record Vocabulary(List<String> tokens) {

  /** Fills up a text that is shorter than others of its batch. */
  public static final int PADDING = 0;

  /** Stands for each token that is not in the vocabulary. */
  public static final int UNKNOWN = 1;

  private static final int FIRST = 2;

  /** Copies the list. */
  public Vocabulary {
    tokens = List.copyOf(tokens);
  }

  /**
   * Takes the tokens that are there most often, those of one count in alphabetical order.
   *
   * @param texts what to count in: that of the training alone
   * @param most how many tokens at most
   * @param count how often a token has to be there
   */
  public static Vocabulary of(Iterable<List<String>> texts, int most, int count) {
    Map<String, Integer> counts = new HashMap<>();
    for (List<String> text : texts) {
      text.forEach(token -> counts.merge(token, 1, Integer::sum));
    }
    return new Vocabulary(
        counts.entrySet().stream()
            .filter(e -> e.getValue() >= count)
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Returns how many numbers there are, with those of nothing and the unknown. */
  public int size() {
    return tokens.size() + FIRST;
  }

  /** Returns the token of a number. */
  public String token(int number) {
    return switch (number) {
      case PADDING -> "-";
      case UNKNOWN -> "(unknown)";
      default -> tokens.get(number - FIRST);
    };
  }

  /** Returns the numbers of the tokens. */
  public Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < tokens.size(); i++) {
      numbers.put(tokens.get(i), i + FIRST);
    }
    return numbers;
  }

  /** Returns texts by numbers. */
  public List<int[]> encode(List<List<String>> texts) {
    Map<String, Integer> numbers = numbers();
    return texts.stream()
        .map(
            text -> text.stream().mapToInt(token -> numbers.getOrDefault(token, UNKNOWN)).toArray())
        .toList();
  }
}

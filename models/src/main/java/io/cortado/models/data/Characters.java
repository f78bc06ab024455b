package io.cortado.models.data;

import io.cortado.models.InputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The characters of a text, numbered from 0: Unicode code points in their order.
 *
 * @param symbols the characters by number
 */
public record Characters(List<String> symbols) {

  /** Copies the list. */
  public Characters {
    symbols = List.copyOf(symbols);
  }

  /** Numbers the characters of a text. */
  public static Characters of(String text) {
    return new Characters(
        text.codePoints().distinct().sorted().mapToObj(Character::toString).toList());
  }

  /** Returns how many there are. */
  public int size() {
    return symbols.size();
  }

  /**
   * Returns a text's characters by their numbers.
   *
   * @param what the text's name, for the message
   * @throws InputException if there is another character in the text
   */
  public int[] encode(String what, String text) {
    Map<String, Integer> numbers = new HashMap<>();
    symbols.forEach(s -> numbers.put(s, numbers.size()));
    int[] points = text.codePoints().toArray();
    int[] encoded = new int[points.length];
    for (int i = 0; i < points.length; i++) {
      Integer number = numbers.get(Character.toString(points[i]));
      if (number == null) {
        throw new InputException(
            "%s: character %d is %s, which does not occur in the text that the model was trained on; that has %s"
                .formatted(what, i + 1, shown(Character.toString(points[i])), list()));
      }
      encoded[i] = number;
    }
    return encoded;
  }

  private String list() {
    StringBuilder all = new StringBuilder();
    symbols.forEach(s -> all.append(all.isEmpty() ? "" : " ").append(shown(s)));
    return all.toString();
  }

  private static String shown(String symbol) {
    int point = symbol.codePointAt(0);
    return Character.isWhitespace(point) || Character.isISOControl(point)
        ? "U+%04X".formatted(point)
        : "'" + symbol + "'";
  }
}

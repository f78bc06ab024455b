package io.cortado.models.sweep;

import io.cortado.models.InputException;
import java.util.Arrays;
import java.util.List;

/**
 * An option, and the values of it that are tried.
 *
 * @param option without its dashes
 */
public record Grid(String option, List<String> values) {

  /** Copies the values. */
  public Grid {
    values = List.copyOf(values);
  }

  /**
   * Reads {@code lr=0.1,0.01}.
   *
   * @throws InputException if it is none
   */
  public static Grid parse(String text) {
    int equals = text.indexOf('=');
    List<String> values =
        equals < 1
            ? List.of()
            : Arrays.stream(text.substring(equals + 1).split(",", -1)).map(String::strip).toList();
    if (values.isEmpty()
        || values.contains("")
        || values.stream().distinct().count() < values.size()) {
      throw new InputException(
          "--grid is '%s'; give an option and different values, such as lr=0.1,0.01"
              .formatted(text));
    }
    return new Grid(text.substring(0, equals), values);
  }
}

package io.cortado.models.data;

import io.cortado.data.DataException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of R's: a vector of numbers, texts or values, with attributes.
 *
 * @param source the file it is from, for messages
 * @param content {@code int[]}, {@code double[]}, or a list of texts or values
 * @param attributes such as {@code names} and {@code levels}; of a pairlist, its elements by tag
 */
record RValue(String source, Object content, Map<String, RValue> attributes) {

  RValue {
    attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /**
   * Reads a serialised value.
   *
   * @throws DataException if it is damaged, or of a kind that data sets do not have
   */
  static RValue read(String source, ByteBuffer bytes) {
    return new RReader(source, bytes).read();
  }

  Optional<RValue> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  /**
   * Returns an element of a list by its name.
   *
   * @throws DataException if the list has more names than elements
   */
  Optional<RValue> element(String name) {
    int at = names().indexOf(name);
    if (at < 0 || !(content instanceof List<?> all)) {
      return Optional.empty();
    }
    if (at >= all.size()) {
      throw new DataException(
          "%s is damaged: '%s' is the name of element %d of %d"
              .formatted(source, name, at + 1, all.size()));
    }
    return all.get(at) instanceof RValue value ? Optional.of(value) : Optional.empty();
  }

  /** Returns an element of a list that has to be there. */
  RValue get(String name) {
    return element(name)
        .orElseThrow(() -> new DataException(source + " has no column '" + name + "'"));
  }

  /** Returns the elements' names. */
  List<String> names() {
    return attribute("names").map(RValue::texts).orElse(List.of());
  }

  /** Returns the names of a factor's classes; none if it is no factor. */
  List<String> levels() {
    return attribute("levels").map(RValue::texts).orElse(List.of());
  }

  List<String> texts() {
    if (content instanceof List<?> all && all.stream().allMatch(String.class::isInstance)) {
      return all.stream().map(String.class::cast).toList();
    }
    throw wrong("texts");
  }

  int[] integers() {
    if (content instanceof int[] values) {
      return values;
    }
    throw wrong("integers");
  }

  /** Returns the numbers of a vector of integers or doubles. */
  float[] numbers() {
    if (content instanceof double[] values) {
      float[] numbers = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        numbers[i] = finite(values[i], i);
      }
      return numbers;
    }
    int[] values = integers();
    float[] numbers = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      numbers[i] = finite(values[i] == Integer.MIN_VALUE ? Double.NaN : values[i], i);
    }
    return numbers;
  }

  private float finite(double value, int row) {
    if (!Double.isFinite(value)) {
      throw new DataException(source + ", row " + (row + 1) + ": there is no value");
    }
    return (float) value;
  }

  /**
   * Returns the class of each row of a factor, from 0.
   *
   * @throws DataException if a row has none
   */
  int[] classes() {
    int[] codes = integers().clone();
    int count = levels().size();
    for (int i = 0; i < codes.length; i++) {
      if (--codes[i] < 0 || codes[i] >= count) {
        throw new DataException(source + ", row " + (i + 1) + ": there is no class");
      }
    }
    return codes;
  }

  private DataException wrong(@Nullable String wanted) {
    return new DataException(source + " is not what it should be: it has no " + wanted + " there");
  }
}

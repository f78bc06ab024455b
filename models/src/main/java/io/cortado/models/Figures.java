package io.cortado.models;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a training came to: numbers by name, in the order in which they are told.
 *
 * @param values such as {@code "test accuracy"} and 0.991; never changes
 */
public record Figures(Map<String, Double> values) {

  /** Of a run that was stopped. */
  public static final Figures NONE = new Figures(Map.of());

  /** Copies the values. */
  public Figures {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Returns a first figure. */
  public static Figures of(String name, double value) {
    return NONE.and(name, value);
  }

  /**
   * Returns these figures and one more.
   *
   * @throws IllegalArgumentException if there is one of that name already
   */
  public Figures and(String name, double value) {
    if (values.containsKey(name)) {
      throw new IllegalArgumentException("there is a figure '" + name + "' already");
    }
    Map<String, Double> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Figures(more);
  }

  /**
   * Returns a figure.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no figure '" + name + "'; there are " + values.keySet());
    }
    return value;
  }
}

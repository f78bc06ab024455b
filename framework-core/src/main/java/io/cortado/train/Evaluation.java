package io.cortado.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model did on a data set.
 *
 * @param samples how many samples there were
 * @param loss the mean loss over them; NaN if no loss was asked for
 * @param metrics the numbers of all scalar metrics by name, in the order they were given; others,
 *     such as a confusion matrix, hold their result themselves
 */
public record Evaluation(int samples, double loss, Map<String, Double> metrics) {

  /** Copies the numbers, in their order. */
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Returns a metric by name.
   *
   * @throws IllegalArgumentException if it was not measured
   */
  public double metric(String name) {
    Double v = metrics.get(name);
    if (v == null) {
      throw new IllegalArgumentException(
          "'" + name + "' was not measured; there are: " + String.join(", ", metrics.keySet()));
    }
    return v;
  }
}

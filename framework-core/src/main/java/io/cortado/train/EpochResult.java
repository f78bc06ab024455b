package io.cortado.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came out of one epoch.
 *
 * @param epoch its number, from 1
 * @param values the numbers by name: {@code loss}, the mean over the samples while they were
 *     trained on; with a validation set {@code val_loss} and {@code val_} and the name of each
 *     metric, measured after the epoch; where the loss is scaled {@code skipped_steps} and {@code
 *     loss_scale}
 * @param lr the learning rate of its last step
 * @param steps how many steps it had
 * @param samples how many samples it trained on
 * @param trainSeconds how long its steps took
 * @param seconds how long it took with validation
 */
public record EpochResult(
    int epoch,
    Map<String, Double> values,
    double lr,
    int steps,
    long samples,
    double trainSeconds,
    double seconds) {

  static final String LOSS = "loss";
  static final String VALIDATION = "val_";
  static final String SKIPPED_STEPS = "skipped_steps";
  static final String LOSS_SCALE = "loss_scale";

  /** Copies the values, in their order. */
  public EpochResult {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Returns the mean loss while training. */
  public double loss() {
    return value(LOSS);
  }

  /**
   * Returns a number by name.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public double value(String name) {
    Double v = values.get(name);
    if (v == null) {
      throw new IllegalArgumentException(
          "there is no '"
              + name
              + "' in an epoch's result; there are: "
              + String.join(", ", values.keySet()));
    }
    return v;
  }
}

package io.cortado.models.classify;

import io.cortado.train.EpochResult;
import io.cortado.train.Resumable;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures after each epoch how many of some training samples are right, to be set beside the
 * validation samples: unaugmented, without dropout, by the same weights.
 */
public final class TrainingAccuracy implements Resumable {

  private final DoubleSupplier measured;
  private final List<Double> values = new ArrayList<>();

  /**
   * Makes a callback.
   *
   * @param measured computes the accuracy, by inference steps alone
   */
  public TrainingAccuracy(DoubleSupplier measured) {
    this.measured = measured;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    values.add(measured.getAsDouble());
  }

  @Override
  public Map<String, String> state() {
    return Map.of(
        "values", values.stream().map(v -> Double.toString(v)).collect(Collectors.joining(" ")));
  }

  @Override
  public void restore(Map<String, String> state) {
    values.clear();
    String text = state.getOrDefault("values", "");
    Stream.of(text.split(" ")).filter(v -> !v.isEmpty()).map(Double::valueOf).forEach(values::add);
  }

  /** Returns the share that was right, one number an epoch. */
  public double[] perEpoch() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}

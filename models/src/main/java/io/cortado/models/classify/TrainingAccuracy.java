package io.cortado.models.classify;

import static io.cortado.metrics.Metrics.accuracy;

import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.train.EpochResult;
import io.cortado.train.Inference;
import io.cortado.train.Resumable;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures after each epoch how many of some training images are right, to be set beside the
 * validation images: unaugmented, without dropout, by the same weights.
 */
final class TrainingAccuracy implements Resumable {

  private static final int BATCH = 250;

  private final Layer model;
  private final Dataset images;
  private final List<Double> values = new ArrayList<>();

  TrainingAccuracy(Layer model, Dataset images) {
    this.model = model;
    this.images = images;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    values.add(Inference.evaluate(model, images, BATCH, accuracy()).metric("accuracy"));
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
  double[] perEpoch() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}

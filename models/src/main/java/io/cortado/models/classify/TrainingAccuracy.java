package io.cortado.models.classify;

import static io.cortado.metrics.Metrics.accuracy;

import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.Inference;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures after each epoch how many of some training images are right, to be set beside the
 * validation images: unaugmented, without dropout, by the same weights.
 */
final class TrainingAccuracy implements Callback {

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

  /** Returns the share that was right, one number an epoch. */
  double[] perEpoch() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}

package io.cortado.models.checkerboard;

import static io.cortado.nn.Layers.identity;
import static io.cortado.nn.Layers.sigmoid;

import io.cortado.data.Dataset;
import io.cortado.metrics.BinaryAccuracy;
import io.cortado.metrics.Metrics;
import io.cortado.models.mlp.DenseNet;
import io.cortado.nn.Sequential;
import io.cortado.train.Inference;

/** One network's settings. */
record Setting(String loss, String activation, int width, int depth) {

  private static final int AT_ONCE = 4096;

  /** Makes settings; without hidden layers there is neither a width nor an activation. */
  static Setting of(String loss, String activation, int width, int depth) {
    return depth == 0
        ? new Setting(loss, "relu", 1, 0)
        : new Setting(loss, activation, width, depth);
  }

  /** Says whether the network ends in a logit, not in a sigmoid. */
  boolean isLogit() {
    return loss.equals("bce");
  }

  /** Makes the network, not initialized yet. */
  Sequential network() {
    return DenseNet.of(depth, width, activation).build(2, 1, isLogit() ? identity() : sigmoid());
  }

  /** Returns scores from 0 to 1 for points. */
  float[] scores(Sequential network, Dataset points) {
    float[] scores = Inference.predict(network, points, AT_ONCE).values();
    for (int i = 0; isLogit() && i < scores.length; i++) {
      scores[i] = (float) (1 / (1 + Math.exp(-scores[i])));
    }
    return scores;
  }

  /** Returns which share of points is on the side of the threshold where it should be. */
  double accuracy(Sequential network, Dataset points) {
    BinaryAccuracy accuracy = Metrics.binaryAccuracy(isLogit() ? 0 : 0.5);
    return Inference.evaluate(network, points, AT_ONCE, accuracy).metric(accuracy.name());
  }

  @Override
  public String toString() {
    return depth == 0
        ? loss + ", linear"
        : "%s, %d x %d %s".formatted(loss, depth, width, activation);
  }
}

package io.cortado.models.word2vec;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.data.Field;
import io.cortado.io.ModelDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Vectors of words, and what the network says of all words as their neighbors. */
public final class VectorProbe {

  private VectorProbe() {}

  public static Map<String, float[]> outputs(
      Path weights, ModelDescription d, Device device, int[] words) {
    TrainedVectors trained = TrainedVectors.read(weights, d, device);
    int count = trained.vocabulary().size();
    int[] others = new int[words.length * count];
    for (int i = 0; i < others.length; i++) {
      others[i] = i % count;
    }
    float[] all = trained.network().vectors();
    float[] vectors = new float[words.length * trained.width()];
    for (int i = 0; i < words.length; i++) {
      System.arraycopy(
          all, words[i] * trained.width(), vectors, i * trained.width(), trained.width());
    }
    try (Step step = device.inference()) {
      Tensor x = step.tensor(words, words.length);
      Batch batch =
          Batch.of(
              0,
              words.length,
              List.of(Field.INPUTS, SkipGrams.OTHERS),
              x,
              step.tensor(others, words.length, count));
      float[] scores = trained.network().forward(batch).toFloatArray();
      return Map.of("output", vectors, "scores", scores);
    }
  }
}

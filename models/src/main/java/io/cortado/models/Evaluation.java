package io.cortado.models;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.data.Epoch;
import io.cortado.nn.Layer;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a classifier makes of every sample of a set.
 *
 * @param truth the true class of each sample
 * @param predicted the class of the largest output
 * @param probability what the softmax gives that class
 * @param classes how many there are
 */
public record Evaluation(int[] truth, int[] predicted, float[] probability, int classes) {

  private static final int BATCH = 250;

  /** Runs a model over a set, in evaluation mode. */
  public static Evaluation of(Layer model, Dataset set, int classes) {
    return Objects.requireNonNull(of(model, set, classes, () -> false));
  }

  /**
   * Runs a model over a set, in evaluation mode.
   *
   * @param stop asked before each batch: true ends the run
   * @return the evaluation, or null if it was stopped
   */
  public static @Nullable Evaluation of(
      Layer model, Dataset set, int classes, BooleanSupplier stop) {
    Device device = model.device();
    int[] truth = new int[set.size()];
    int[] predicted = new int[set.size()];
    float[] probability = new float[set.size()];
    int done = 0;
    model.eval();
    try (Epoch batches = DataLoader.of(set).batchSize(BATCH).epoch(device, 0)) {
      for (Batch batch : batches) {
        if (stop.getAsBoolean()) {
          return null;
        }
        float[] p;
        try (Step step = device.inference()) {
          p = model.forward(batch.inputs()).softmax(1).toFloatArray();
        }
        int[] labels = batch.labels().toIntArray();
        for (int i = 0; i < batch.size(); i++, done++) {
          int best = largest(p, i * classes, classes);
          truth[done] = labels[i];
          predicted[done] = best;
          probability[done] = p[i * classes + best];
        }
      }
    }
    return new Evaluation(truth, predicted, probability, classes);
  }

  /** Returns the softmax of a model's output for one sample. */
  public static float[] probabilities(Layer model, float[] input, int... shape) {
    model.eval();
    try (Step step = model.device().inference()) {
      Tensor x = step.tensor(input, shape);
      return model.forward(x).softmax(1).toFloatArray();
    }
  }

  private static int largest(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns how many samples are right. */
  public int right() {
    int n = 0;
    for (int i = 0; i < truth.length; i++) {
      n += truth[i] == predicted[i] ? 1 : 0;
    }
    return n;
  }

  /** Returns the share of samples that are right. */
  public double accuracy() {
    return (double) right() / truth.length;
  }

  /** Returns how often each true class (row) was taken for each class (column). */
  public long[][] confusion() {
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return counts;
  }

  /** Returns the indices of the samples that are wrong, those first whose wrong class was surest. */
  public List<Integer> misread() {
    return IntStream.range(0, truth.length)
        .filter(i -> truth[i] != predicted[i])
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -probability[i]))
        .toList();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}

package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.train.Inference;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a classifier makes of every sample of a set. */
public final class TestResult {

  private static final int BATCH = 250;

  private final int[] truth;
  private final int[] predicted;
  private final float[] probability;
  private final int classes;

  private TestResult(int[] truth, float[][] probabilities, int classes) {
    this.truth = truth;
    this.classes = classes;
    predicted = new int[truth.length];
    probability = new float[truth.length];
    for (int i = 0; i < truth.length; i++) {
      predicted[i] = largest(probabilities[i]);
      probability[i] = probabilities[i][predicted[i]];
    }
  }

  /** Runs a model over a set, in evaluation mode. */
  public static TestResult of(Layer model, Dataset set) {
    return of(model, List.of(set));
  }

  /** Runs a model over views of the same samples, and averages the probabilities. */
  public static TestResult of(Layer model, List<Dataset> views) {
    Dataset first = views.getFirst();
    float[][] mean = new float[first.size()][];
    for (Dataset view : views) {
      float[] outputs = Inference.predict(model, view, BATCH).values();
      int classes = outputs.length / mean.length;
      for (int i = 0; i < mean.length; i++) {
        float[] p = softmax(Arrays.copyOfRange(outputs, i * classes, (i + 1) * classes));
        mean[i] = mean[i] == null ? new float[classes] : mean[i];
        for (int k = 0; k < classes; k++) {
          mean[i][k] += p[k] / views.size();
        }
      }
    }
    return new TestResult(first.labels(), mean, mean[0].length);
  }

  /** Returns probabilities from a model's outputs for one sample. */
  public static float[] softmax(float[] outputs) {
    double largest = outputs[largest(outputs)];
    double sum = 0;
    for (float v : outputs) {
      sum += Math.exp(v - largest);
    }
    float[] p = new float[outputs.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (Math.exp(outputs[i] - largest) / sum);
    }
    return p;
  }

  /** Returns which value is the largest, the first of equals. */
  public static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns the number of samples. */
  public int samples() {
    return truth.length;
  }

  /** Returns a sample's true class. */
  public int truth(int sample) {
    return truth[sample];
  }

  /** Returns the class that the model takes a sample for. */
  public int predicted(int sample) {
    return predicted[sample];
  }

  /** Returns the probability that the model gives its choice for a sample. */
  public float probability(int sample) {
    return probability[sample];
  }

  /** Returns how many samples are right. */
  public int right() {
    return samples() - misread().size();
  }

  /** Returns the share of samples that are right. */
  public double accuracy() {
    return (double) right() / samples();
  }

  /** Returns how often each true class (row) was taken for each class (column). */
  public long[][] confusion() {
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return counts;
  }

  /** Returns the samples that are wrong, those first whose wrong class was surest. */
  public List<Integer> misread() {
    return IntStream.range(0, truth.length)
        .filter(i -> truth[i] != predicted[i])
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -probability[i]))
        .toList();
  }
}

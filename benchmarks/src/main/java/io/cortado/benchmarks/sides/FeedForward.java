package io.cortado.benchmarks.sides;

import java.util.List;

/**
 * Layers one after the other.
 *
 * @param input extents of one sample
 * @param loss what is minimised
 */
public record FeedForward(
    String key, String title, int batch, float lr, List<Integer> input, List<Op> ops, Loss loss)
    implements Workload {

  /** What is minimised. */
  public enum Loss {
    /** Mean cross entropy of logits against class numbers. */
    CROSS_ENTROPY,
    /** Mean square error against the inputs themselves. */
    RECONSTRUCTION
  }

  /** Returns the values in one sample. */
  public int inputSize() {
    return input.stream().reduce(1, Math::multiplyExact);
  }

  /** Returns the features of one output. */
  public int outputSize() {
    return ops.reversed().stream()
        .filter(Op.Linear.class::isInstance)
        .map(op -> ((Op.Linear) op).out())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(key + " has no fully connected layer"));
  }

  /** Returns the extents of a batch of inputs. */
  public int[] batchShape() {
    int[] shape = new int[input.size() + 1];
    shape[0] = batch;
    for (int i = 0; i < input.size(); i++) {
      shape[i + 1] = input.get(i);
    }
    return shape;
  }
}

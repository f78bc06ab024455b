package io.cortado.benchmarks.sides;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * First weights and one batch of a workload, the same bits in every process.
 *
 * <p>Raw arrays in PyTorch's layout, made from a fixed seed: {@link SplittableRandom} gives the
 * same numbers on every machine, so that nothing has to be written to a file and read back.
 *
 * @param weights weight and bias of each layer that has them, in order; of a recurrent layer {@code
 *     weight_ih, weight_hh, bias_ih, bias_hh}
 * @param inputs the batch
 * @param labels class numbers, where the loss wants them
 * @param targets values to come near to, where the loss wants them
 */
public record Material(List<float[]> weights, float[] inputs, int[] labels, float[] targets) {

  private static final long SEED = 20260101;

  /** Makes the material of a workload. */
  public static Material of(Workload workload) {
    SplittableRandom random = new SplittableRandom(SEED);
    return switch (workload) {
      case FeedForward f -> feedForward(f, random);
      case Recurrent r -> recurrent(r, random);
    };
  }

  private static Material feedForward(FeedForward f, SplittableRandom random) {
    List<float[]> weights = new ArrayList<>();
    for (Op op : f.ops()) {
      switch (op) {
        case Op.Conv c -> {
          int fanIn = c.in() * c.kernel() * c.kernel();
          weights.add(uniform(random, c.out() * fanIn, heBound(fanIn)));
          weights.add(uniform(random, c.out(), (float) (1 / Math.sqrt(fanIn))));
        }
        case Op.Linear l -> {
          weights.add(uniform(random, l.out() * l.in(), heBound(l.in())));
          weights.add(uniform(random, l.out(), (float) (1 / Math.sqrt(l.in()))));
        }
        case Op.MaxPool _, Op.Relu _, Op.Sigmoid _, Op.Flatten _ -> {}
      }
    }
    float[] inputs = new float[f.batch() * f.inputSize()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = random.nextFloat();
    }
    return switch (f.loss()) {
      case CROSS_ENTROPY -> {
        int[] labels = new int[f.batch()];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = random.nextInt(f.outputSize());
        }
        yield new Material(weights, inputs, labels, new float[0]);
      }
      case RECONSTRUCTION -> new Material(weights, inputs, new int[0], inputs);
    };
  }

  private static Material recurrent(Recurrent r, SplittableRandom random) {
    float bound = (float) (1 / Math.sqrt(r.hidden()));
    int rows = r.cell().gates() * r.hidden();
    List<float[]> weights =
        List.of(
            uniform(random, rows * r.input(), bound),
            uniform(random, rows * r.hidden(), bound),
            uniform(random, rows, bound),
            uniform(random, rows, bound));
    int steps = r.sequence() * r.batch();
    return new Material(
        weights,
        uniform(random, steps * r.input(), 1),
        new int[0],
        uniform(random, steps * r.hidden(), 0.5f));
  }

  /** The bound that keeps the size of activations through layers with ReLU (He et al. 2015). */
  private static float heBound(int fanIn) {
    return (float) Math.sqrt(6.0 / fanIn);
  }

  private static float[] uniform(SplittableRandom random, int n, float bound) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (2 * random.nextFloat() - 1) * bound;
    }
    return values;
  }
}

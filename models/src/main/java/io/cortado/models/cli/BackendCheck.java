package io.cortado.models.cli;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Computes a few things on one backend and on another, and compares them: a matrix product, a
 * convolution, and a softmax cross-entropy with its gradient. On a GPU these are work for cuBLAS,
 * for cuDNN and for a kernel of Cortado's.
 */
final class BackendCheck {

  /** Sums of a hundred products in another order; TF32's 10 bits would be far off. */
  private static final double GEMM_TOLERANCE = 1e-5;

  /** Fast algorithms (Winograd's, by Fourier transforms) round more than a sum of products. */
  private static final double CONV_TOLERANCE = 1e-4;

  private static final double LOSS_TOLERANCE = 1e-5;

  private static final int M = 65;
  private static final int N = 97;
  private static final int K = 127;
  private static final int CLASSES = 10;

  private static final ConvSpec CONV =
      new ConvSpec(3, 5, 17, 19, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.RELU);

  /**
   * One comparison.
   *
   * @param name what was computed
   * @param difference the largest difference, as a part of the largest result
   * @param tolerance how large it may be
   */
  record Result(String name, double difference, double tolerance) {

    /** NaN is wrong, too. */
    boolean right() {
      return difference <= tolerance;
    }
  }

  /**
   * Something to compute.
   *
   * @param name what it is
   * @param tolerance how far two backends may be apart
   * @param run computes it
   */
  private record Case(String name, double tolerance, Function<Lab, float[]> run) {}

  private static final List<Case> CASES =
      List.of(
          new Case("matrix product", GEMM_TOLERANCE, BackendCheck::gemm),
          new Case("convolution", CONV_TOLERANCE, BackendCheck::conv),
          new Case("cross-entropy", LOSS_TOLERANCE, BackendCheck::crossEntropy));

  private BackendCheck() {}

  static List<Result> compare(Backend tested, Backend trusted) {
    List<Result> results = new ArrayList<>();
    for (Case c : CASES) {
      float[] expected;
      float[] actual;
      try (Lab lab = new Lab(trusted)) {
        expected = c.run().apply(lab);
      }
      try (Lab lab = new Lab(tested)) {
        actual = c.run().apply(lab);
      }
      results.add(new Result(c.name(), difference(actual, expected), c.tolerance()));
    }
    return results;
  }

  private static double difference(float[] actual, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
    }
    return difference / largest;
  }

  private static float[] gemm(Lab lab) {
    Buffer a = lab.random(1, M * K);
    Buffer b = lab.random(2, K * N);
    Buffer c = lab.empty(M * N);
    lab.backend.gemm(GemmSpec.of(M, N, K, false, false), 1, a, b, 0, c);
    return lab.read(c, M * N);
  }

  private static float[] conv(Lab lab) {
    int size = Math.toIntExact(CONV.outputShape().size());
    Buffer x = lab.random(3, Math.toIntExact(CONV.inputShape().size()));
    Buffer w = lab.random(4, Math.toIntExact(CONV.weightShape().size()));
    Buffer bias = lab.random(5, CONV.k());
    Buffer y = lab.empty(size);
    lab.backend.conv(CONV, x, w, bias, y);
    return lab.read(y, size);
  }

  /** Returns the loss and the gradients behind it. */
  private static float[] crossEntropy(Lab lab) {
    int[] targets = new int[M];
    for (int i = 0; i < M; i++) {
      targets[i] = i % CLASSES;
    }
    Buffer logits = lab.random(6, M * CLASSES);
    Buffer labels = lab.ints(targets);
    Buffer loss = lab.empty(1);
    Buffer grad = lab.empty(M * CLASSES);
    lab.backend.crossEntropy(
        new CrossEntropySpec(M, CLASSES, 1, -1, 0, Reduction.SUM),
        logits,
        labels,
        null,
        loss,
        grad);
    float[] values = new float[1 + M * CLASSES];
    lab.backend.download(loss, 0, values, 0, 1);
    lab.backend.download(grad, 0, values, 1, M * CLASSES);
    return values;
  }

  /** One backend's buffers; the same numbers go into those of each. */
  private static final class Lab implements AutoCloseable {

    private final Backend backend;
    private final List<Buffer> buffers = new ArrayList<>();

    Lab(Backend backend) {
      this.backend = backend;
    }

    Buffer empty(int length) {
      return fill(new float[length], Float.NaN);
    }

    private Buffer fill(float[] values, float value) {
      Arrays.fill(values, value);
      return upload(values);
    }

    Buffer random(int seed, int length) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return upload(values);
    }

    private Buffer upload(float[] values) {
      Buffer buffer = backend.allocate(DType.FLOAT32, values.length);
      buffers.add(buffer);
      backend.upload(values, 0, buffer, 0, values.length);
      return buffer;
    }

    Buffer ints(int[] values) {
      Buffer buffer = backend.allocate(DType.INT32, values.length);
      buffers.add(buffer);
      backend.upload(values, 0, buffer, 0, values.length);
      return buffer;
    }

    float[] read(Buffer buffer, int length) {
      float[] values = new float[length];
      backend.download(buffer, 0, values, 0, length);
      return values;
    }

    @Override
    public void close() {
      buffers.forEach(backend::release);
    }
  }
}

package io.cortado.tck;

import java.util.Random;

/** Reproducible numbers to compute with. */
final class Data {

  /**
   * NaN of bits that a device makes (CUDA's is the first), with others below and the other sign.
   */
  static final float[] NAN = {
    Float.intBitsToFloat(0x7FFFFFFF), Float.intBitsToFloat(0xFFC00001), Float.NaN
  };

  private final Random random;

  /** Starts a sequence that depends on the seed alone. */
  Data(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
  }

  /**
   * Returns a seed that a case has in every process: an enum's hash code, and so that of a record
   * with one, is another each time.
   */
  static long seed(Object testCase) {
    return testCase.toString().hashCode();
  }

  /** Returns numbers between two bounds. */
  float[] between(long n, double low, double high) {
    float[] x = new float[Math.toIntExact(n)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return x;
  }

  /** Returns numbers between -1 and 1. */
  float[] signed(long n) {
    return between(n, -1, 1);
  }

  /** Returns elements of {@code {-2, ..., 2} / 2}, so that many of them are equal. */
  float[] coarse(long n) {
    float[] x = new float[Math.toIntExact(n)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (random.nextInt(5) - 2) / 2f;
    }
    return x;
  }

  /** Returns numbers from 0 to a bound, exclusive. */
  int[] indices(long n, int bound) {
    int[] x = new int[Math.toIntExact(n)];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(bound);
    }
    return x;
  }

  /**
   * Returns rows of numbers that are not negative and sum to 1, seen as {@code [outer, classes,
   * inner]}.
   */
  float[] probabilities(int outer, int classes, int inner) {
    float[] x = between((long) outer * classes * inner, 0.01, 1);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += x[(o * classes + c) * inner + i];
        }
        for (int c = 0; c < classes; c++) {
          x[(o * classes + c) * inner + i] /= (float) sum;
        }
      }
    }
    return x;
  }

  /** Returns one of the numbers. */
  int oneOf(int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}

package io.cortado.benchmarks.sides;

import java.util.Arrays;

/**
 * The time of one call in steady state.
 *
 * @param median nanoseconds
 * @param samples how many times were taken
 */
public record Measurement(double median, int samples) {

  /** A sample holds as many calls as fill this, so that reading the clock costs nothing. */
  private static final double SAMPLE_NANOS = 1e6;

  private static final int LEAST_SAMPLES = 5;

  /**
   * Measures.
   *
   * @param warmUp seconds of calls that do not count, at least two calls
   * @param seconds how long to measure, at least five samples
   */
  public static Measurement of(Runnable call, double warmUp, double seconds) {
    long begin = System.nanoTime();
    double last;
    int calls = 0;
    do {
      long t = System.nanoTime();
      call.run();
      last = System.nanoTime() - t;
      calls++;
    } while (calls < 2 || System.nanoTime() - begin < warmUp * 1e9);
    int inner = (int) Math.max(1, Math.min(1e6, SAMPLE_NANOS / Math.max(1, last)));
    double[] samples = new double[1 << 10];
    int n = 0;
    begin = System.nanoTime();
    while (n < LEAST_SAMPLES || System.nanoTime() - begin < seconds * 1e9) {
      long t = System.nanoTime();
      for (int i = 0; i < inner; i++) {
        call.run();
      }
      if (n == samples.length) {
        samples = Arrays.copyOf(samples, 2 * n);
      }
      samples[n++] = (double) (System.nanoTime() - t) / inner;
    }
    return new Measurement(median(Arrays.copyOf(samples, n)), n);
  }

  /** Returns the median; sorts the values. */
  public static double median(double[] values) {
    Arrays.sort(values);
    int mid = values.length / 2;
    return values.length % 2 == 1 ? values[mid] : (values[mid - 1] + values[mid]) / 2;
  }
}

package io.cortado.benchmarks.sides;

import java.util.Arrays;

/**
 * The time of one call in steady state.
 *
 * @param median nanoseconds
 * @param samples how many times were taken
 * @param steadyAt by {@link System#nanoTime()}, when calls of the warm-up had come within a tenth
 *     of the median; the end of the warm-up if they did not
 */
public record Measurement(double median, int samples, long steadyAt) {

  /** A sample holds as many calls as fill this, so that reading the clock costs nothing. */
  private static final double SAMPLE_NANOS = 1e6;

  private static final int LEAST_SAMPLES = 5;

  /** So much above the median, and no more, is steady. */
  private static final double STEADY = 1.1;

  /** Calls in a row that are steady together. */
  private static final int RUN = 8;

  /**
   * Measures.
   *
   * @param warmUp seconds of calls that do not count, at least two calls
   * @param seconds how long to measure, at least five samples
   */
  public static Measurement of(Runnable call, double warmUp, double seconds) {
    long begin = System.nanoTime();
    long[] ends = new long[1 << 10];
    int calls = 0;
    do {
      call.run();
      if (calls == ends.length) {
        ends = Arrays.copyOf(ends, 2 * calls);
      }
      ends[calls++] = System.nanoTime();
    } while (calls < 2 || ends[calls - 1] - begin < warmUp * 1e9);
    long last = ends[calls - 1] - ends[calls - 2];
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
    double median = median(Arrays.copyOf(samples, n));
    return new Measurement(median, n, steadyAt(ends, calls, STEADY * median));
  }

  /** Returns the first end after which a run of calls took no more than the bound on average. */
  private static long steadyAt(long[] ends, int calls, double bound) {
    for (int i = 0; i + RUN < calls; i++) {
      if (ends[i + RUN] - ends[i] <= RUN * bound) {
        return ends[i];
      }
    }
    return ends[calls - 1];
  }

  /** Returns the median; sorts the values. */
  public static double median(double[] values) {
    Arrays.sort(values);
    int mid = values.length / 2;
    return values.length % 2 == 1 ? values[mid] : (values[mid - 1] + values[mid]) / 2;
  }
}

package io.cortado.benchmarks.roofline;

import io.cortado.benchmarks.sides.Measurement;

/**
 * A kernel and its bound, timed in turns, so that what else the machine does strikes both.
 *
 * @param kernel nanoseconds of a call
 * @param bound nanoseconds of the bound's loop
 */
record Figure(double kernel, double bound) {

  /** Long kernels take the compiler a second or more, the more so on the same core. */
  private static final double FIRST_WARM_UP_NANOS = 1.5e9;

  /** What has been compiled only has to find its data. */
  private static final double WARM_UP_NANOS = 0.3e9;

  private static final double TURN_NANOS = 2e6;
  private static final int TURNS = 25;

  /**
   * Measures both; the median of the turns counts.
   *
   * @param first whether the kernel has not run in this process
   */
  static Figure of(boolean first, Runnable kernel, Runnable bound) {
    int kernelCalls = warmUp(kernel, first ? FIRST_WARM_UP_NANOS : WARM_UP_NANOS);
    int boundCalls = warmUp(bound, WARM_UP_NANOS / 2);
    double[] kernels = new double[TURNS];
    double[] bounds = new double[TURNS];
    for (int i = 0; i < TURNS; i++) {
      bounds[i] = time(bound, boundCalls);
      kernels[i] = time(kernel, kernelCalls);
    }
    return new Figure(Measurement.median(kernels), Measurement.median(bounds));
  }

  /** Calls until the compiler has had its time; returns how many calls fill a turn. */
  private static int warmUp(Runnable call, double nanos) {
    long begin = System.nanoTime();
    double last = 0;
    for (int i = 0; i < 2 || System.nanoTime() - begin < nanos; i++) {
      last = time(call, 1);
    }
    return (int) Math.clamp(TURN_NANOS / Math.max(1, last), 1, 1e6);
  }

  private static double time(Runnable call, int calls) {
    // What the other loop left in the caches is no part of the figure.
    if (calls > 1) {
      call.run();
    }
    long t = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return (double) (System.nanoTime() - t) / calls;
  }
}

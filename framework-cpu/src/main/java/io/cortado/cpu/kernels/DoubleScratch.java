package io.cortado.cpu.kernels;

import java.util.Arrays;

/** Memory for sums that grows to what is asked for and is then kept. */
final class DoubleScratch {

  private static final double[] NONE = {};

  private double[] data = NONE;

  /**
   * Returns an array of at least {@code length} elements, contents undefined.
   *
   * @throws io.cortado.backend.BackendException if there is no memory for it
   */
  double[] get(int length) {
    if (data.length < length) {
      data = NONE;
      try {
        data = new double[length];
      } catch (OutOfMemoryError e) {
        throw FloatScratch.exhausted((long) length * Double.BYTES, e);
      }
    }
    return data;
  }

  /**
   * Returns an array of at least {@code length} elements, the first {@code length} of them 0.
   *
   * @throws io.cortado.backend.BackendException if there is no memory for it
   */
  double[] zeros(int length) {
    double[] zeros = get(length);
    Arrays.fill(zeros, 0, length, 0);
    return zeros;
  }

  /** Makes one for each of {@code count} workers. */
  static DoubleScratch[] each(int count) {
    DoubleScratch[] all = new DoubleScratch[count];
    for (int i = 0; i < count; i++) {
      all[i] = new DoubleScratch();
    }
    return all;
  }
}

package io.cortado.cpu.simd;

/** A loop that was generated for a part of a pointwise program; it may be called by any threads. */
public interface PointwiseLoop {

  /**
   * Computes elements from the first on, and stops in front of a vector that it cannot take: one
   * with a number so far out that a function has another way for it.
   *
   * <p>Every element gets the bits that the operations' own loops ({@link PointwiseKernel}) give
   * it. All that a vector's results depend on is read before any of them is written, so that a
   * result may lie over what is read.
   *
   * @param n how many elements, a multiple of {@link PointwiseKernel#STEP}
   * @param limit from which element on to stop whatever the numbers are; at least n but where the
   *     loop is to be shown what stopping is like
   * @param arrays for each value of the program the array that it is in
   * @param offsets where in its array each begins
   * @return how many elements are done
   */
  int run(int n, int limit, float[][] arrays, int[] offsets);
}

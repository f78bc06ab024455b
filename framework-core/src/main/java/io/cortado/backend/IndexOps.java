package io.cortado.backend;

import io.cortado.backend.spec.IndexSpec;

/**
 * Elements by their numbers along an axis.
 *
 * <p>An index outside of the axis is an {@link IllegalArgumentException} that names the operation
 * and the index where {@link #refusesIndices} says so. Elsewhere what is gathered by it is NaN,
 * what is scattered by it goes nowhere, and {@link #findOutside} finds it without waiting for the
 * device.
 */
public interface IndexOps {

  /**
   * Says whether operations look at their indices and refuse those outside of their axis, as a
   * backend does whose memory is the host's.
   */
  boolean refusesIndices();

  /**
   * Looks for an index outside of {@code 0 <= index < extent}.
   *
   * <p>Where there is one and {@code found[0]} is 0, {@code found} becomes {@code 1, operation,
   * index, extent}, the index being any of those outside; otherwise it stays as it is.
   *
   * @param operation a number for what uses the indices
   * @param count how many indices there are
   * @param indices int32
   * @param found int32, 4 elements
   */
  void findOutside(int operation, int extent, long count, Buffer indices, Buffer found);

  /**
   * Computes {@code y[o, j, i] = x[o, index, i] + beta * y[o, j, i]}, the index being {@code
   * indices[o, j, i]}, or {@code indices[j]} where they are shared.
   *
   * @param indices int32
   */
  void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y);

  /**
   * Adds up elements where their indices say: {@code y[o, e, i] = sum of src[o, j, i] over all j
   * whose index is e, + beta * y[o, e, i]}.
   *
   * <p>The order of each sum depends on the indices alone.
   *
   * @param indices int32, as {@link #gather}'s
   */
  void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y);
}

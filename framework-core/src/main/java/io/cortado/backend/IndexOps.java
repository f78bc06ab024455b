package io.cortado.backend;

import io.cortado.backend.spec.IndexSpec;

/**
 * Elements by their numbers along an axis.
 *
 * <p>An index outside of the axis is an {@link IllegalArgumentException} that names the operation
 * and the index where the backend's memory is the host's. Where it is not, what is gathered by it
 * is NaN, and what is scattered by it goes nowhere.
 */
public interface IndexOps {

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

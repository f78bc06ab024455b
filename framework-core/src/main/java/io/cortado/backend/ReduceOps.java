package io.cortado.backend;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ReduceSpec;

/** Many elements made into one: sums, means, extremes, and where the largest is. */
public interface ReduceOps {

  /** Computes {@code y = reduced x + beta * y}. */
  void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y);

  /**
   * Writes the index of the first largest element along the axis, NaN counting as largest, as
   * int32.
   */
  void argMax(AxisSpec spec, Buffer x, Buffer y);
}

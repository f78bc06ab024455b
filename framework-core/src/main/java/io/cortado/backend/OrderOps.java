package io.cortado.backend;

import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;

/** What depends on the order of the elements along an axis. */
public interface OrderOps {

  /**
   * Sorts along an axis.
   *
   * @param values receives the first elements in order, {@code [outer, k, inner]}
   * @param indices receives the place that each of them had along the axis, int32
   */
  void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices);

  /** Computes {@code y = running sums or products of x + beta * y}. */
  void scan(ScanSpec spec, Buffer x, float beta, Buffer y);
}

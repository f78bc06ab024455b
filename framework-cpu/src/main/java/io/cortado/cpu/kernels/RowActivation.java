package io.cortado.cpu.kernels;

import io.cortado.backend.spec.UnaryOp;

/**
 * Applies a function to consecutive elements, so that matrix kernels can do so while a row is in
 * cache.
 */
@FunctionalInterface
public interface RowActivation {

  /** Computes {@code y = op(x)} for n elements; y may be x. */
  void apply(UnaryOp op, int n, float[] x, int xOff, float[] y, int yOff);
}

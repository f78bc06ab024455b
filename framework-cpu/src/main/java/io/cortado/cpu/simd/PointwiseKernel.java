package io.cortado.cpu.simd;

import io.cortado.backend.spec.PointwiseOp;
import org.jspecify.annotations.Nullable;

/**
 * The operations of pointwise programs, each over a block that stays in the first cache.
 *
 * <p>Every block has a multiple of {@link #STEP} elements, so that no loop needs a tail: who has
 * fewer pads. A result may be written over an operand that begins at the same element.
 */
public interface PointwiseKernel {

  /** What the lengths of blocks are multiples of: the floats of the widest vector. */
  int STEP = 16;

  /** Computes {@code y = op(a)}. */
  void unary(PointwiseOp op, int n, float[] a, int ao, float[] y, int yo);

  /** Computes {@code y = ln(1 + a)} where a is known to be between 0 and 1. */
  default void log1pOfShare(int n, float[] a, int ao, float[] y, int yo) {
    unary(PointwiseOp.LOG1P, n, a, ao, y, yo);
  }

  /** Computes {@code y = op(a, b)}. */
  void binary(PointwiseOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo);

  /** Returns a loop of its own for a part of a program, or null if none can be made here. */
  default @Nullable PointwiseLoop loop(LoopCode code) {
    return null;
  }

  /** Computes {@code y = a != 0 ? b : c}. */
  void where(int n, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] y, int yo);
}

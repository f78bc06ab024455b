package io.cortado.backend;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import org.jspecify.annotations.Nullable;

/**
 * Products of matrices.
 *
 * <p>The fused ones have default bodies made of plain ones and of operations on elements.
 */
public interface MatrixOps extends MemoryOps, ElementwiseOps {

  /** Computes {@code C = alpha op(A) op(B) + beta C}; any beta, and 0 overwrites. */
  void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c);

  /** Computes {@link #gemm(GemmSpec, float, Buffer, Buffer, float, Buffer)} on parts of buffers. */
  default void gemm(
      GemmSpec spec,
      float alpha,
      Buffer a,
      long aOffset,
      Buffer b,
      long bOffset,
      float beta,
      Buffer c,
      long cOffset) {
    gemm(
        spec,
        alpha,
        FusedDefaults.from(this, a, aOffset),
        FusedDefaults.from(this, b, bOffset),
        beta,
        FusedDefaults.from(this, c, cOffset));
  }

  /** Computes a fully connected layer's output, {@code [rows, out]}. */
  default void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    FusedDefaults.linear(this, spec, x, w, bias, y);
  }
}

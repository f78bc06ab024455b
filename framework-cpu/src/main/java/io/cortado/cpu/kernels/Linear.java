package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import org.jspecify.annotations.Nullable;

/**
 * Fully connected layers {@code y = act(x W' + bias)}: one product, with bias and activation
 * applied to each block of rows right after it is complete. Blocking and bound are {@link Gemm}'s.
 */
public final class Linear {

  private final Gemm gemm;
  private final PlanCache<LinearSpec, GemmSpec> products =
      new PlanCache<>(s -> GemmSpec.of(s.rows(), s.out(), s.in(), false, true));

  /** Makes the layers' kernel on top of a product's; used by one thread at a time, as that is. */
  public Linear(Gemm gemm) {
    this.gemm = gemm;
  }

  /** Computes the outputs, {@code [rows, out]}. */
  public void run(
      LinearSpec spec,
      float[] x,
      int xOff,
      float[] w,
      int wOff,
      float @Nullable [] bias,
      int biasOff,
      float[] y,
      int yOff) {
    gemm.runFused(products.get(spec), x, xOff, w, wOff, bias, biasOff, spec.activation(), y, yOff);
  }
}

package io.cortado.tck.reference;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
public final class ReferenceGemm {

  private ReferenceGemm() {}

  /**
   * Writes {@code C = alpha op(A) op(B) + beta C} in place; gaps between rows and matrices stay.
   */
  public static void gemm(
      GemmSpec s, double alpha, double[] a, double[] b, double beta, double[] c) {
    for (int z = 0; z < s.batch(); z++) {
      int a0 = (int) (z * s.strideA());
      int b0 = (int) (z * s.strideB());
      int c0 = (int) (z * s.strideC());
      for (int i = 0; i < s.m(); i++) {
        for (int j = 0; j < s.n(); j++) {
          double sum = 0;
          for (int p = 0; p < s.k(); p++) {
            double x = s.transA() ? a[a0 + p * s.lda() + i] : a[a0 + i * s.lda() + p];
            double y = s.transB() ? b[b0 + j * s.ldb() + p] : b[b0 + p * s.ldb() + j];
            sum += x * y;
          }
          int at = c0 + i * s.ldc() + j;
          c[at] = alpha * sum + (beta == 0 ? 0 : beta * c[at]);
        }
      }
    }
  }

  /** Returns {@code act(x W' + bias)}. */
  public static double[] linear(LinearSpec s, double[] x, double[] w, double @Nullable [] bias) {
    double[] y = new double[s.rows() * s.out()];
    gemm(GemmSpec.of(s.rows(), s.out(), s.in(), false, true), 1, x, w, 0, y);
    for (int i = 0; i < y.length; i++) {
      double sum = y[i] + (bias == null ? 0 : bias[i % s.out()]);
      y[i] = ReferenceUnary.value(s.activation(), sum);
    }
    return y;
  }
}

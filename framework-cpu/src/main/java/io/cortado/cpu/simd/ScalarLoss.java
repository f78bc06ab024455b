package io.cortado.cpu.simd;

import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import org.jspecify.annotations.Nullable;

/** Pointwise losses as a scalar loop. */
final class ScalarLoss {

  private static final double MIN_LOG = -100;
  private static final double MIN_DENOMINATOR = 1e-12;

  private ScalarLoss() {}

  static double apply(
      Kind kind,
      int n,
      float[] x,
      int xo,
      float[] target,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float @Nullable [] loss,
      int lo,
      float scale,
      float @Nullable [] grad,
      int go) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double v = x[xo + i];
      double t = target[to + i];
      double w = weight == null ? 1 : weight[wo + i];
      double p = posWeight == null ? 1 : posWeight[po + i];
      double element = w * element(kind, v, t, p);
      sum += element;
      if (loss != null) {
        loss[lo + i] = (float) element;
      }
      if (grad != null) {
        grad[go + i] = (float) (scale * w * gradient(kind, v, t, p));
      }
    }
    return sum;
  }

  private static double element(Kind kind, double x, double t, double p) {
    return switch (kind) {
      case MSE -> (x - t) * (x - t);
      case L1 -> Math.abs(x - t);
      case BCE -> (t - 1) * Math.max(Math.log1p(-x), MIN_LOG) - t * Math.max(Math.log(x), MIN_LOG);
      case BCE_WITH_LOGITS -> {
        double slope = x >= 0 ? 1 - t : -p * t; // of the formula's terms in x, put together
        yield slope * x + (1 + (p - 1) * t) * Math.log1p(Math.exp(-Math.abs(x)));
      }
    };
  }

  private static double gradient(Kind kind, double x, double t, double p) {
    return switch (kind) {
      case MSE -> 2 * (x - t);
      case L1 -> Math.signum(x - t);
      case BCE -> (x - t) / Math.max((1 - x) * x, MIN_DENOMINATOR);
      case BCE_WITH_LOGITS -> {
        double e = Math.exp(-Math.abs(x));
        yield (1 - t) - (1 + (p - 1) * t) * ((x < 0 ? 1 : e) / (1 + e));
      }
    };
  }
}

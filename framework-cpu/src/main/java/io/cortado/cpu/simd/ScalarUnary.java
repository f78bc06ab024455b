package io.cortado.cpu.simd;

import io.cortado.backend.spec.UnaryOp;

/** Unary operations and their gradients as scalar loops. */
final class ScalarUnary {

  private ScalarUnary() {}

  static void apply(UnaryOp op, int n, float[] x, int xo, float[] y, int yo) {
    float a = op.a();
    float b = op.b();
    switch (op.kind()) {
      case IDENTITY -> System.arraycopy(x, xo, y, yo, n);
      case POW -> ScalarMath.pow(a, n, x, xo, y, yo);
      case AFFINE -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a * x[xo + i] + b;
        }
      }
      case EXP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = ScalarMath.exp(x[xo + i]);
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = ScalarMath.log(x[xo + i]);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.abs(x[xo + i]);
        }
      }
      case SQUARE -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = x[xo + i] * x[xo + i];
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = 1f / x[xo + i];
        }
      }
      case CLAMP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.min(Math.max(x[xo + i], a), b);
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(x[xo + i], 0f);
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = x[xo + i] > 0 ? x[xo + i] : a * x[xo + i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = ScalarMath.sigmoid(x[xo + i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = ScalarMath.tanh(x[xo + i]);
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = ScalarMath.erf(x[xo + i]);
        }
      }
      case SCALED_TANH -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a * ScalarMath.tanh(b * x[xo + i]);
        }
      }
    }
  }

  static void backward(
      UnaryOp op,
      int n,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    float a = op.a();
    float b = op.b();
    switch (op.kind()) {
      case IDENTITY -> ScalarLinear.axpby(n, 1f, dy, dyo, beta, dx, dxo);
      case AFFINE -> ScalarLinear.axpby(n, a, dy, dyo, beta, dx, dxo);
      case POW -> ScalarMath.powBackward(a, n, x, xo, dy, dyo, beta, dx, dxo);
      case EXP -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * y[yo + i];
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] / x[xo + i];
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          float g = 0.5f * dy[dyo + i] / y[yo + i];
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * Math.signum(x[xo + i]);
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case SQUARE -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * (2f * x[xo + i]);
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          float g = -dy[dyo + i] * (y[yo + i] * y[yo + i]);
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case CLAMP -> {
        for (int i = 0; i < n; i++) {
          float g = x[xo + i] >= a && x[xo + i] <= b ? dy[dyo + i] : 0f;
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          float g = y[yo + i] > 0 ? dy[dyo + i] : 0f;
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case LEAKY_RELU -> {
        boolean byInput = op.backwardNeedsInput();
        float[] s = byInput ? x : y;
        int so = byInput ? xo : yo;
        for (int i = 0; i < n; i++) {
          float g = s[so + i] > 0 ? dy[dyo + i] : a * dy[dyo + i];
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * (y[yo + i] * (1f - y[yo + i]));
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * ((1f - y[yo + i]) * (1f + y[yo + i]));
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * ScalarMath.erfSlope(x[xo + i]);
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
      case SCALED_TANH -> {
        for (int i = 0; i < n; i++) {
          float g = dy[dyo + i] * (b * (a - y[yo + i] * y[yo + i] / a));
          dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
        }
      }
    }
  }
}

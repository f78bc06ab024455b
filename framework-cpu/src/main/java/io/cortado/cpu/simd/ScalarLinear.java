package io.cortado.cpu.simd;

import io.cortado.backend.spec.BinaryOp;

/** Binary operations and linear combinations as scalar loops. */
final class ScalarLinear {

  private ScalarLinear() {}

  static void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo) {
    if (beta == 0) {
      for (int i = 0; i < n; i++) {
        y[yo + i] = alpha * x[xo + i];
      }
    } else {
      for (int i = 0; i < n; i++) {
        y[yo + i] = alpha * x[xo + i] + beta * y[yo + i];
      }
    }
  }

  static void binary(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] + b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] - b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] * b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] / b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
    }
  }

  static void binaryScalar(
      BinaryOp op, int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] + b;
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] - b;
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] * b;
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          float v = a[ao + i] / b;
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
    }
  }

  static void scalarBinary(
      BinaryOp op, int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          float v = a + b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          float v = a - b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          float v = a * b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          float v = a / b[bo + i];
          out[oo + i] = beta == 0 ? v : v + out[oo + i];
        }
      }
    }
  }
}

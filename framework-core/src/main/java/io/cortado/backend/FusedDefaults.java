package io.cortado.backend;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** The fused operations made of plain ones, for backends that have nothing better. */
final class FusedDefaults {

  private FusedDefaults() {}

  static void linear(
      MatrixOps backend, LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    backend.gemm(GemmSpec.of(s.rows(), s.out(), s.in(), false, true), 1, x, w, 0, y);
    if (bias != null) {
      Shape out = Shape.of(s.rows(), s.out());
      backend.binary(new BinarySpec(BinaryOp.ADD, out, Shape.of(s.out()), out), y, bias, 0, y);
    }
    if (s.activation().kind() != UnaryOp.Kind.IDENTITY) {
      backend.unary(s.activation(), out(s), y, y);
    }
  }

  static void vectorNorm(OptimizerOps backend, long n, Buffer x, Buffer norm) {
    Buffer copy = backend.allocate(DType.FLOAT32, n);
    try {
      backend.copy(x, 0, copy, 0, n);
      backend.clipNorm(n, Float.MAX_VALUE, copy, norm);
    } finally {
      backend.release(copy);
    }
  }

  static Buffer from(MemoryOps backend, Buffer buffer, long offset) {
    return offset == 0 ? buffer : backend.slice(buffer, offset, buffer.length() - offset);
  }

  private static long out(LinearSpec s) {
    return (long) s.rows() * s.out();
  }
}

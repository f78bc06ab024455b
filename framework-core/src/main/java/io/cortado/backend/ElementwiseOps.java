package io.cortado.backend;

import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** Arithmetic element by element. */
public interface ElementwiseOps {

  /** Computes {@code y = op(x)} for n elements; y may be x. */
  void unary(UnaryOp op, long n, Buffer x, Buffer y);

  /**
   * Computes {@code dx = dy * op'(x) + beta * dx}; dx may be dy.
   *
   * @param x the input, null where {@link UnaryOp#backwardNeedsInput()} is false
   * @param y the output, null where {@link UnaryOp#backwardNeedsOutput()} is false
   */
  void unaryBackward(
      UnaryOp op, long n, @Nullable Buffer x, @Nullable Buffer y, Buffer dy, float beta, Buffer dx);

  /**
   * Computes {@code out = op(a, b) + beta * out} with broadcasting; out may be an operand of its
   * own shape.
   */
  void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out);

  /** Computes {@code y = alpha * x + beta * y} for n elements; any beta, and 0 overwrites. */
  void axpby(long n, float alpha, Buffer x, float beta, Buffer y);
}

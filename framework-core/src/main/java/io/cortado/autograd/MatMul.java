package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** Matrix products, and the fully connected layer. */
public final class MatMul {

  private MatMul() {}

  /**
   * Computes {@code act(x W' + bias)}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]}, or null
   * @param activation what is applied to the sum; its gradient has to follow from its output
   * @return {@code [..., out]}
   */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, UnaryOp activation) {
    Step step = Checks.step("linear", x);
    Checks.sameDevice("linear", x, weight);
    Checks.sameDevice("linear", x, bias);
    Checks.floats("linear", x);
    checkLinear(x.shape(), weight.shape(), bias, activation);
    int out = weight.dim(0);
    int rows = Checks.leading("linear", x.shape());
    LinearSpec spec = new LinearSpec(rows, weight.dim(1), out, activation);
    Tensor y = step.empty(x.shape().with(-1, out));
    step.countMultiplyAdds((long) rows * spec.in() * out);
    x.device()
        .backend()
        .linear(spec, x.buffer(), weight.buffer(), bias == null ? null : bias.buffer(), y.buffer());
    return step.records(x, weight, bias)
        ? step.record("linear", y, g -> linearBackward(spec, x, weight, bias, y, g))
        : y;
  }

  private static void checkLinear(
      Shape x, Shape weight, @Nullable Tensor bias, UnaryOp activation) {
    if (x.rank() == 0 || x.dim(-1) != weight.dim(1)) {
      throw Checks.mismatch(
          "linear",
          x,
          weight,
          "the last axis of the input has to have the "
              + weight.dim(1)
              + " features that the weight was made for");
    }
    if (bias != null && (bias.shape().rank() != 1 || bias.dim(0) != weight.dim(0))) {
      throw Checks.mismatch(
          "linear",
          weight,
          bias.shape(),
          "the bias needs one element for each of the weight's rows");
    }
    if (activation.backwardNeedsInput()) {
      throw new IllegalArgumentException(
          "linear: "
              + activation.kind()
              + " cannot be fused, because its gradient needs the sum that is not kept");
    }
  }

  private static void linearBackward(
      LinearSpec s, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y, Gradients g) {
    Backend backend = x.device().backend();
    Buffer dy = activationBackward(s.activation(), y, g);
    if (bias != null && g.needs(bias)) {
      ReduceSpec sum = new ReduceSpec(ReduceOp.SUM, Shape.of(s.rows(), s.out()), bias.shape());
      backend.reduce(sum, dy, g.beta(bias), g.of(bias));
    }
    if (g.needs(weight)) {
      GemmSpec gemm = GemmSpec.of(s.out(), s.in(), s.rows(), true, false);
      backend.gemm(gemm, 1, dy, x.buffer(), g.beta(weight), g.of(weight));
    }
    if (g.needs(x)) {
      GemmSpec gemm = GemmSpec.of(s.rows(), s.in(), s.out(), false, false);
      backend.gemm(gemm, 1, dy, weight.buffer(), g.beta(x), g.of(x));
    }
  }

  /** Takes the upstream gradient back over a fused activation, in place. */
  static Buffer activationBackward(UnaryOp activation, Tensor y, Gradients g) {
    Buffer dy = g.upstream();
    if (activation.kind() != UnaryOp.Kind.IDENTITY) {
      y.device().backend().unaryBackward(activation, y.size(), null, y.buffer(), dy, 0, dy);
    }
    return dy;
  }

  /**
   * Computes the matrix product of the last two axes.
   *
   * <p>Leading axes are equal, or the second operand is a single matrix that serves all. Rank 2 at
   * least.
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    Step step = Checks.step("matmul", a);
    Checks.sameDevice("matmul", a, b);
    Checks.floats("matmul", a);
    Checks.floats("matmul", b);
    checkMatmul(a.shape(), b.shape());
    Shape out = a.shape().with(-1, b.dim(-1));
    Tensor y = step.empty(out);
    int k = a.dim(-1);
    int n = b.dim(-1);
    boolean shared = b.shape().rank() == 2;
    // A matrix that serves all rows of a makes one tall product of many.
    int m = shared ? Checks.leading("matmul", a.shape()) : a.dim(-2);
    int batch = shared ? 1 : Math.toIntExact(a.shape().product(0, a.shape().rank() - 2));
    GemmSpec spec = GemmSpec.batched(batch, m, n, k, false, false);
    step.countMultiplyAdds(spec.multiplyAdds());
    a.device().backend().gemm(spec, 1, a.buffer(), b.buffer(), 0, y.buffer());
    return step.records(a, b) ? step.record("matmul", y, g -> matmulBackward(spec, a, b, g)) : y;
  }

  private static void checkMatmul(Shape a, Shape b) {
    if (a.rank() < 2 || b.rank() < 2) {
      throw Checks.mismatch(
          "matmul", a, b, "both need at least two axes; reshape a vector to a row or a column");
    }
    if (a.dim(-1) != b.dim(-2)) {
      throw Checks.mismatch("matmul", a, b, a.dim(-1) + " columns meet " + b.dim(-2) + " rows");
    }
    if (b.rank() > 2
        && (a.rank() != b.rank() || !a.without(-1).without(-1).equals(b.without(-1).without(-1)))) {
      throw Checks.mismatch("matmul", a, b, "the axes before the last two have to be equal");
    }
  }

  private static void matmulBackward(GemmSpec s, Tensor a, Tensor b, Gradients g) {
    Backend backend = a.device().backend();
    if (g.needs(a)) {
      GemmSpec gemm = GemmSpec.batched(s.batch(), s.m(), s.k(), s.n(), false, true);
      backend.gemm(gemm, 1, g.upstream(), b.buffer(), g.beta(a), g.of(a));
    }
    if (g.needs(b)) {
      GemmSpec gemm = GemmSpec.batched(s.batch(), s.k(), s.n(), s.m(), true, false);
      backend.gemm(gemm, 1, a.buffer(), g.upstream(), g.beta(b), g.of(b));
    }
  }
}

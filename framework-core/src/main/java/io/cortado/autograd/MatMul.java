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
import java.util.Arrays;
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
   * Computes the matrix product of the last two axes, one for each leading index.
   *
   * <p>Leading axes broadcast. A vector stands for a row on the left and for a column on the right,
   * whose axis the result has not.
   *
   * @throws IllegalArgumentException if columns do not meet as many rows, leading axes do not
   *     broadcast, or an operand is a scalar
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.matmul.html">torch.matmul</a>
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    Checks.sameDevice("matmul", a, b);
    Shape sa = a.shape();
    Shape sb = b.shape();
    checkMatmul(sa, sb);
    if (sa.rank() == 1 || sb.rank() == 1) {
      Tensor row = sa.rank() == 1 ? Shaping.unsqueeze(a, 0) : a;
      Tensor column = sb.rank() == 1 ? Shaping.unsqueeze(b, 1) : b;
      Tensor y = matmul(row, column);
      Shape out = sb.rank() == 1 ? y.shape().without(-1) : y.shape();
      out = sa.rank() == 1 ? out.without(sb.rank() == 1 ? -1 : -2) : out;
      return Shaping.reshape(y, out.toArray());
    }
    if (sb.rank() == 2) {
      return product(a, b);
    }
    Shape leadingA = sa.without(-1).without(-1);
    Shape leadingB = sb.without(-1).without(-1);
    if (leadingA.equals(leadingB)) {
      return product(a, b);
    }
    Shape leading = Arithmetic.broadcast("matmul", leadingA, leadingB);
    return product(
        Layouts.expand(a, append(leading, sa.dim(-2), sa.dim(-1))),
        Layouts.expand(b, append(leading, sb.dim(-2), sb.dim(-1))));
  }

  private static int[] append(Shape leading, int rows, int cols) {
    int[] dims = Arrays.copyOf(leading.toArray(), leading.rank() + 2);
    dims[leading.rank()] = rows;
    dims[leading.rank() + 1] = cols;
    return dims;
  }

  /**
   * Computes one matrix product for each index of the first axis.
   *
   * @throws IllegalArgumentException if one of them has not three axes, or the first ones differ
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.bmm.html">torch.bmm</a>
   */
  public static Tensor bmm(Tensor a, Tensor b) {
    if (a.shape().rank() != 3 || b.shape().rank() != 3 || a.dim(0) != b.dim(0)) {
      throw Checks.mismatch(
          "bmm", a.shape(), b.shape(), "both need three axes, and as many matrices as the other");
    }
    return matmul(a, b);
  }

  /**
   * Returns the products of each element of a vector with each of another, {@code [n, m]}.
   *
   * @throws IllegalArgumentException if they are no vectors
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.outer.html">torch.outer</a>
   */
  public static Tensor outer(Tensor a, Tensor b) {
    if (a.shape().rank() != 1 || b.shape().rank() != 1) {
      throw Checks.mismatch("outer", a.shape(), b.shape(), "both need exactly one axis");
    }
    return matmul(Shaping.unsqueeze(a, 1), Shaping.unsqueeze(b, 0));
  }

  /**
   * Returns the sum of the products of two vectors' elements, a scalar.
   *
   * @throws IllegalArgumentException if they are no vectors of one length
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.dot.html">torch.dot</a>
   */
  public static Tensor dot(Tensor a, Tensor b) {
    if (a.shape().rank() != 1 || !a.shape().equals(b.shape())) {
      throw Checks.mismatch("dot", a.shape(), b.shape(), "both need one axis of one extent");
    }
    return matmul(a, b);
  }

  /** Multiplies matrices whose leading axes are equal, or the second of which serves all. */
  private static Tensor product(Tensor a, Tensor b) {
    Step step = Checks.step("matmul", a);
    Checks.floats("matmul", a);
    Checks.floats("matmul", b);
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
    if (a.rank() == 0 || b.rank() == 0) {
      throw Checks.mismatch("matmul", a, b, "a scalar is no matrix; use mul");
    }
    int rows = b.dim(b.rank() == 1 ? 0 : -2);
    if (a.dim(-1) != rows) {
      throw Checks.mismatch("matmul", a, b, a.dim(-1) + " columns meet " + rows + " rows");
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

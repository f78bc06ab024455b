package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.MatMul;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * {@code y_k = x1' W_k x2 + b_k}.
 *
 * <p>Inputs {@code [..., in1]} and {@code [..., in2]} with equal leading axes, output {@code [...,
 * out]}; W is {@code [out, in1, in2]}, b is {@code [out]}, both at first uniform with bound {@code
 * 1 / sqrt(in1)}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html">torch.nn.Bilinear</a>
 */
public final class Bilinear extends Module {

  private final int in1;
  private final int in2;
  private final int out;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /** Makes a layer with a bias. */
  public Bilinear(int in1, int in2, int out) {
    this(in1, in2, out, true);
  }

  /**
   * Makes a layer.
   *
   * @param in1 features of the first input
   * @param in2 features of the second input
   * @param out features of the output
   * @param withBias whether b is there
   * @throws IllegalArgumentException if there are no features
   */
  public Bilinear(int in1, int in2, int out, boolean withBias) {
    if (in1 < 1 || in2 < 1 || out < 1) {
      throw new IllegalArgumentException(
          "bilinear: %d and %d to %d features; all have to be at least 1".formatted(in1, in2, out));
    }
    this.in1 = in1;
    this.in2 = in2;
    this.out = out;
    double bound = 1 / Math.sqrt(in1);
    Initializer uniform = Initializers.uniform(-bound, bound);
    weight = parameter("weight", Shape.of(out, in1, in2), uniform);
    bias = withBias ? parameter("bias", Shape.of(out), uniform) : null;
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public Tensor forward(Tensor x1, Tensor x2) {
    Shape s = x1.shape();
    int rank = s.rank();
    if (rank == 0
        || x2.shape().rank() != rank
        || s.dim(-1) != in1
        || x2.dim(-1) != in2
        || !s.without(-1).equals(x2.shape().without(-1))) {
      throw new IllegalArgumentException(
          "bilinear: inputs %s and %s; [..., %d] and [..., %d] with equal leading axes are needed"
              .formatted(s, x2.shape(), in1, in2));
    }
    int rows = Math.toIntExact(s.product(0, rank - 1));
    // W x2 first, for all k in one product; then one product with x1 for each row.
    Tensor flat = weight.value().reshape(out * in1, in2);
    Tensor half = MatMul.linear(x2.reshape(rows, in2), flat, null, UnaryOp.IDENTITY);
    Tensor y = half.reshape(rows, out, in1).bmm(x1.reshape(rows, in1, 1));
    Tensor shaped = y.reshape(s.with(-1, out).toArray());
    return bias == null ? shaped : shaped.add(bias.value());
  }

  /** Returns the weight, {@code [out, in1, in2]}. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public String toString() {
    return "Bilinear(%d, %d, %d%s)".formatted(in1, in2, out, bias == null ? ", no bias" : "");
  }
}

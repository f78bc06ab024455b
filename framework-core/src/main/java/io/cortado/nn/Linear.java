package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.MatMul;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, {@code y = x W' + b}.
 *
 * <p>Input {@code [..., in]}, output {@code [..., out]}; W is {@code [out, in]}, b is {@code
 * [out]}, both at first uniform with bound {@code 1 / sqrt(in)}.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Linear.html">torch.nn.Linear</a>
 */
public final class Linear extends Layer implements FusableLayer {

  private final int in;
  private final int out;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer.
   *
   * @param in features of an input
   * @param out features of an output
   * @param withBias whether b is there
   * @throws IllegalArgumentException if there are no features
   */
  public Linear(int in, int out, boolean withBias) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "linear: " + in + " to " + out + " features; both have to be at least 1");
    }
    this.in = in;
    this.out = out;
    Shape shape = Shape.of(out, in);
    weight = parameter("weight", shape, Initializers.torchDefault());
    bias = withBias ? parameter("bias", Shape.of(out), Initializers.torchDefaultBias(shape)) : null;
  }

  /** Makes a layer with a bias. */
  public Linear(int in, int out) {
    this(in, out, true);
  }

  /** Sets how the weight starts. */
  public Linear weightInit(Initializer initializer) {
    weight.initializer(initializer);
    return this;
  }

  /** Sets how the bias starts. */
  public Linear biasInit(Initializer initializer) {
    if (bias != null) {
      bias.initializer(initializer);
    }
    return this;
  }

  /** Returns the weight, {@code [out, in]}. */
  public Parameter weight() {
    return weight;
  }

  /** Returns the bias, {@code [out]}, if there is one. */
  public @Nullable Parameter bias() {
    return bias;
  }

  @Override
  public Tensor forward(Tensor x) {
    return forward(x, UnaryOp.IDENTITY);
  }

  @Override
  public Tensor forward(Tensor x, UnaryOp activation) {
    return MatMul.linear(x, weight.value(), bias == null ? null : bias.value(), activation);
  }

  @Override
  public String toString() {
    return "Linear(" + in + ", " + out + (bias == null ? ", no bias)" : ")");
  }
}

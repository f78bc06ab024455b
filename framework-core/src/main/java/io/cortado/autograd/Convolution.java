package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import org.jspecify.annotations.Nullable;

/** Convolutions. */
public final class Convolution {

  private Convolution() {}

  /**
   * Computes a two-dimensional convolution; see {@link ConvSpec} for the formula.
   *
   * @param spec made for the input's shape
   * @param x {@code [N, C, H, W]}
   * @param weight {@code [K, C / groups, kernelH, kernelW]}
   * @param bias {@code [K]}, or null
   */
  public static Tensor conv2d(ConvSpec spec, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Step step = Checks.step("conv2d", x);
    Checks.sameDevice("conv2d", x, weight);
    Checks.sameDevice("conv2d", x, bias);
    Checks.floats("conv2d", x);
    check(spec, x, weight, bias);
    Tensor y = step.empty(spec.outputShape());
    step.countMultiplyAdds(spec.multiplyAdds());
    x.device()
        .backend()
        .conv(spec, x.buffer(), weight.buffer(), bias == null ? null : bias.buffer(), y.buffer());
    return step.records(x, weight, bias)
        ? step.record("conv2d", y, g -> backward(spec, x, weight, bias, y, g))
        : y;
  }

  private static void check(ConvSpec s, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Checks.rank("conv2d", x, 4, "[N, C, H, W]");
    if (s.kernelH() < 1
        || s.kernelW() < 1
        || s.strideH() < 1
        || s.strideW() < 1
        || s.dilationH() < 1
        || s.dilationW() < 1
        || s.padH() < 0
        || s.padW() < 0) {
      throw new IllegalArgumentException(
          "conv2d: kernel, stride and dilation have to be at least 1 and padding at least 0: " + s);
    }
    if (s.groups() < 1 || s.c() % s.groups() != 0 || s.k() % s.groups() != 0) {
      throw new IllegalArgumentException(
          "conv2d: "
              + s.c()
              + " input and "
              + s.k()
              + " output channels do not fall into "
              + s.groups()
              + " groups");
    }
    if (x.dim(1) != s.c()) {
      throw Checks.mismatch(
          "conv2d",
          x.shape(),
          weight.shape(),
          "the weight was made for " + s.c() + " input channels, the input has " + x.dim(1));
    }
    if (!matches(s, x.shape())) {
      throw Checks.mismatch(
          "conv2d", x.shape(), s.inputShape(), "the spec was made for another input");
    }
    if (!weight.shape().equals(s.weightShape())) {
      throw Checks.mismatch(
          "conv2d", weight.shape(), s.weightShape(), "the weight is not of the spec's shape");
    }
    if (bias != null && (bias.shape().rank() != 1 || bias.dim(0) != s.k())) {
      throw Checks.mismatch(
          "conv2d",
          weight.shape(),
          bias.shape(),
          "the bias needs one element for each output channel");
    }
    if (s.outH() < 1 || s.outW() < 1) {
      throw new IllegalArgumentException(
          "conv2d: the "
              + s.kernelH()
              + "x"
              + s.kernelW()
              + " kernel is larger than the padded image of input "
              + x.shape()
              + "; add padding or use a smaller kernel");
    }
    if (s.activation().backwardNeedsInput()) {
      throw new IllegalArgumentException(
          "conv2d: "
              + s.activation().kind()
              + " cannot be fused, because its gradient needs the sum that is not kept");
    }
  }

  private static boolean matches(ConvSpec s, Shape x) {
    return x.dim(0) == s.n() && x.dim(1) == s.c() && x.dim(2) == s.h() && x.dim(3) == s.w();
  }

  private static void backward(
      ConvSpec s, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y, Gradients g) {
    Backend backend = x.device().backend();
    Buffer dy = MatMul.activationBackward(s.activation(), y, g);
    if (bias != null && g.needs(bias)) {
      ReduceSpec sum = new ReduceSpec(ReduceOp.SUM, y.shape(), Shape.of(1, s.k(), 1, 1));
      backend.reduce(sum, dy, g.beta(bias), g.of(bias));
    }
    if (g.needs(weight)) {
      backend.convBackwardFilter(s, x.buffer(), dy, g.beta(weight), g.of(weight));
    }
    if (g.needs(x)) {
      backend.convBackwardData(s, dy, weight.buffer(), g.beta(x), g.of(x));
    }
  }
}

package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import java.util.Arrays;
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
    Checks.rank("conv2d", x, 4, "[N, C, H, W]");
    check(spec);
    return conv(ConvPlan.of(spec), x, weight, bias);
  }

  /**
   * Computes a convolution over one, two or three axes.
   *
   * <p>{@code y[n, k, i...] = act(bias[k] + sum over c, r... of x[n, c, i stride - padding + r
   * dilation...] w[k, c, r...])}, with zeros outside x, and c running over the channels of k's
   * group.
   *
   * @param plan made for the input's shape
   * @param x {@code [N, C, ...]}
   * @param weight {@code [K, C / groups, kernel...]}
   * @param bias {@code [K]}, or null
   * @throws IllegalArgumentException if shapes do not fit the plan
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html">
   *     torch.nn.functional.conv3d</a>
   */
  public static Tensor conv(ConvPlan plan, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Step step = checked(plan, x, weight, bias);
    check(plan, x, weight, bias, plan.input(), plan.output());
    checkFused(plan);
    Tensor y = step.empty(plan.output());
    step.countMultiplyAdds(plan.spec().multiplyAdds());
    new ConvPasses(plan, step)
        .forward(x.buffer(), weight.buffer(), bias == null ? null : bias.buffer(), y.buffer());
    return step.records(x, weight, bias)
        ? step.record(plan.name(), y, g -> backward(plan, step, x, weight, bias, y, g))
        : y;
  }

  private static void backward(
      ConvPlan plan,
      Step step,
      Tensor x,
      Tensor weight,
      @Nullable Tensor bias,
      Tensor y,
      Gradients g) {
    ConvPasses passes = new ConvPasses(plan, step);
    Buffer dy = MatMul.activationBackward(plan.spec().activation(), y, g);
    if (bias != null && g.needs(bias)) {
      step.device().backend().reduce(overChannels(y.shape()), dy, g.beta(bias), g.of(bias));
    }
    if (g.needs(weight)) {
      passes.backwardFilter(x.buffer(), dy, g.beta(weight), g.of(weight));
    }
    if (g.needs(x)) {
      passes.backwardData(dy, weight.buffer(), g.beta(x), g.of(x));
    }
  }

  /**
   * Computes a transposed convolution over one, two or three axes: what the gradient of a
   * convolution's input is.
   *
   * <p>{@code y[n, k, i stride - padding + r dilation...] += x[n, c, i...] w[c, k, r...]}, summed
   * over c of k's group, and the bias added.
   *
   * @param plan made by {@link ConvPlan#transposed} for the input's shape
   * @param x {@code [N, C, ...]}
   * @param weight {@code [C, K / groups, kernel...]}
   * @param bias {@code [K]}, or null
   * @throws IllegalArgumentException if shapes do not fit the plan
   * @see <a
   *     href="https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html">
   *     torch.nn.functional.conv_transpose2d</a>
   */
  public static Tensor convTranspose(
      ConvPlan plan, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Step step = checked(plan, x, weight, bias);
    check(plan, x, weight, bias, plan.output(), plan.input());
    Tensor y = step.empty(plan.input());
    step.countMultiplyAdds(plan.spec().multiplyAdds());
    new ConvPasses(plan, step).backwardData(x.buffer(), weight.buffer(), 0, y.buffer());
    if (bias != null) {
      Shape channels = overChannels(y.shape()).out();
      BinarySpec add = new BinarySpec(BinaryOp.ADD, y.shape(), channels, y.shape());
      step.device().backend().binary(add, y.buffer(), bias.buffer(), 0, y.buffer());
    }
    return step.records(x, weight, bias)
        ? step.record(plan.name(), y, g -> transposeBackward(plan, step, x, weight, bias, g))
        : y;
  }

  private static void transposeBackward(
      ConvPlan plan, Step step, Tensor x, Tensor weight, @Nullable Tensor bias, Gradients g) {
    ConvPasses passes = new ConvPasses(plan, step);
    Backend backend = step.device().backend();
    Buffer dy = g.upstream();
    if (bias != null && g.needs(bias)) {
      backend.reduce(overChannels(plan.input()), dy, g.beta(bias), g.of(bias));
    }
    if (g.needs(weight)) {
      passes.backwardFilter(dy, x.buffer(), g.beta(weight), g.of(weight));
    }
    if (!g.needs(x)) {
      return;
    }
    if (g.beta(x) == 0) {
      passes.forward(dy, weight.buffer(), null, g.of(x));
    } else { // a convolution overwrites
      Buffer part = step.scratch(DType.FLOAT32, x.size());
      passes.forward(dy, weight.buffer(), null, part);
      g.give(x, part);
    }
  }

  private static ReduceSpec overChannels(Shape y) {
    int[] channels = new int[y.rank()];
    Arrays.fill(channels, 1);
    channels[1] = y.dim(1);
    return new ReduceSpec(ReduceOp.SUM, y, Shape.of(channels));
  }

  private static Step checked(ConvPlan plan, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Step step = Checks.step(plan.name(), x);
    Checks.sameDevice(plan.name(), x, weight);
    Checks.sameDevice(plan.name(), x, bias);
    Checks.floats(plan.name(), x);
    return step;
  }

  private static void check(ConvSpec s) {
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
    if (s.c() < 1 || s.k() < 1) {
      throw new IllegalArgumentException(
          "conv2d: %d input and %d output channels; at least 1 of each is needed"
              .formatted(s.c(), s.k()));
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
    if (s.outH() < 1 || s.outW() < 1) {
      throw new IllegalArgumentException(
          "conv2d: the "
              + s.kernelH()
              + "x"
              + s.kernelW()
              + " kernel is larger than the padded image of input "
              + s.inputShape()
              + "; add padding or use a smaller kernel");
    }
  }

  /**
   * @param wanted the shape of x that the plan is for
   * @param result the shape of the result
   */
  private static void check(
      ConvPlan plan, Tensor x, Tensor weight, @Nullable Tensor bias, Shape wanted, Shape result) {
    String name = plan.name();
    if (x.shape().rank() == wanted.rank() && x.dim(1) != wanted.dim(1)) {
      throw Checks.mismatch(
          name,
          x.shape(),
          weight.shape(),
          "the weight was made for "
              + wanted.dim(1)
              + " input channels, the input has "
              + x.dim(1));
    }
    if (!x.shape().equals(wanted)) {
      throw Checks.mismatch(name, x.shape(), wanted, "the spec was made for another input");
    }
    if (!weight.shape().equals(plan.weight())) {
      throw Checks.mismatch(
          name, weight.shape(), plan.weight(), "the weight is not of the spec's shape");
    }
    if (bias != null && (bias.shape().rank() != 1 || bias.dim(0) != result.dim(1))) {
      throw Checks.mismatch(
          name, weight.shape(), bias.shape(), "the bias needs one element for each output channel");
    }
  }

  private static void checkFused(ConvPlan plan) {
    if (plan.spec().activation().backwardNeedsInput()) {
      throw new IllegalArgumentException(
          plan.name()
              + ": "
              + plan.spec().activation().kind()
              + " cannot be fused, because its gradient needs the sum that is not kept");
    }
  }
}

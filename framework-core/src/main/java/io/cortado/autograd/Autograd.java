package io.cortado.autograd;

import io.cortado.Step;
import io.cortado.Tensor;
import java.util.List;
import java.util.function.Function;

/** What can be done with the way gradients are computed. */
public final class Autograd {

  private Autograd() {}

  /**
   * Returns values through which no gradient flows; storage is shared.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html">
   *     torch.Tensor.detach</a>
   */
  public static Tensor stopGradient(Tensor x) {
    return x.detach();
  }

  /**
   * Returns given values as if x were computed by them: forward they count, backward x does.
   *
   * <p>The straight-through estimator, for functions without a useful derivative such as rounding:
   * {@code straightThrough(x, round(x))} (Bengio, Leonard, Courville, "Estimating or Propagating
   * Gradients Through Stochastic Neurons for Conditional Computation", 2013).
   *
   * @param values of x's shape; no gradient flows into them
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Tensor straightThrough(Tensor x, Tensor values) {
    Step step = Checks.step("straightThrough", x);
    Checks.sameDevice("straightThrough", x, values);
    Checks.floats("straightThrough", values);
    if (!x.shape().equals(values.shape())) {
      throw Checks.mismatch(
          "straightThrough", x.shape(), values.shape(), "the values need the shape of x");
    }
    Tensor y = values.view(step, values.shape());
    return step.records(x) ? step.record("straightThrough", y, g -> g.pass(x)) : y;
  }

  /**
   * Computes gradients of a single number with respect to some tensors alone; no tensor's own
   * gradient is changed.
   *
   * <p>The recorded graph is consumed, as by {@link Tensor#backward()}.
   *
   * @param inputs parameters and other leaves, or what operations made on the way to the output
   * @return a gradient for each input, in this step
   * @throws IllegalArgumentException if the output is not a single number, or an input requires no
   *     gradient or was not used
   * @throws IllegalStateException if the output was not recorded, or was walked back already
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.autograd.grad.html">
   *     torch.autograd.grad</a>
   */
  public static List<Tensor> grad(Tensor output, Tensor... inputs) {
    if (output.size() != 1) {
      throw new IllegalArgumentException(
          "grad: tensor "
              + output.shape()
              + " is not a single number; reduce it by mean() or sum(), or use gradFrom");
    }
    return Checks.step("grad", output).gradients(output, null, inputs);
  }

  /**
   * Computes {@link #grad} of a tensor of any shape, starting from its gradient.
   *
   * @param start the gradient of the output, of its shape
   * @throws IllegalArgumentException if the shapes differ
   */
  public static List<Tensor> gradFrom(Tensor output, Tensor start, Tensor... inputs) {
    if (!output.shape().equals(start.shape())) {
      throw Checks.mismatch(
          "gradFrom", output.shape(), start.shape(), "the start needs the shape of the output");
    }
    return Checks.step("gradFrom", output).gradients(output, start, inputs);
  }

  /**
   * Computes a function without keeping what it computes on the way; the backward pass computes it
   * anew, and needs that memory then.
   *
   * <p>Random numbers are the same both times, so that dropout drops the same. What else the
   * function changes (running statistics, counts) it changes twice. Tensors that it makes besides
   * its result can't be used afterwards.
   *
   * @param body gives a tensor made of the inputs, and of parameters
   * @see <a href="https://pytorch.org/docs/stable/checkpoint.html">
   *     torch.utils.checkpoint.checkpoint</a>
   * @see <a href="https://arxiv.org/abs/1604.06174">Chen, Xu, Zhang, Guestrin, "Training Deep Nets
   *     with Sublinear Memory Cost" (2016)</a>
   */
  public static Tensor checkpoint(Function<Tensor[], Tensor> body, Tensor... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("checkpoint: a function of no tensors; give one at least");
    }
    return Checks.step("checkpoint", inputs[0]).checkpoint(body, inputs);
  }

  /**
   * Computes a function of one's own, with a gradient of one's own.
   *
   * @see CustomFunction
   */
  public static Tensor apply(CustomFunction function, Tensor... inputs) {
    return CustomFunctions.apply(function, inputs);
  }
}

package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import org.jspecify.annotations.Nullable;

/**
 * The fused losses: value and gradient in one pass.
 *
 * <p>The gradient for an upstream gradient of 1 is computed with the value and waits in the step;
 * the backward pass, which nearly always starts at the loss, then has nothing left to do.
 */
public final class Losses {

  private Losses() {}

  /**
   * Computes the cross-entropy of logits.
   *
   * @param logits {@code [C]}, {@code [N, C]} or {@code [N, C, ...]}
   * @param target class indices, int32, of the logits' shape without the class axis; or class
   *     probabilities, float32, of the logits' shape
   * @param weight {@code [C]}, or null
   */
  public static Tensor crossEntropy(
      Tensor logits,
      Tensor target,
      @Nullable Tensor weight,
      int ignoreIndex,
      float labelSmoothing,
      Reduction reduction) {
    Step step = Checks.step("crossEntropy", logits);
    Checks.sameDevice("crossEntropy", logits, target);
    Checks.sameDevice("crossEntropy", logits, weight);
    Checks.floats("crossEntropy", logits);
    Shape s = logits.shape();
    if (s.rank() == 0) {
      throw new IllegalArgumentException("crossEntropy: logits of shape [] have no class axis");
    }
    int axis = s.rank() == 1 ? 0 : 1;
    Shape rows = s.without(axis);
    CrossEntropySpec spec =
        new CrossEntropySpec(
            Math.toIntExact(s.product(0, axis)),
            s.dim(axis),
            Math.toIntExact(s.product(axis + 1, s.rank())),
            ignoreIndex,
            labelSmoothing,
            reduction);
    boolean indices = target.dtype() == DType.INT32;
    checkTarget(logits, target, rows, spec, indices);
    if (weight != null && (weight.shape().rank() != 1 || weight.dim(0) != spec.classes())) {
      throw Checks.mismatch(
          "crossEntropy",
          s,
          weight.shape(),
          "one weight for each of the " + spec.classes() + " classes is needed");
    }
    Tensor loss = step.empty(reduction == Reduction.NONE ? rows : Shape.scalar());
    Buffer grad = step.records(logits) ? step.scratch(FLOAT32, Math.max(1, s.size())) : null;
    Buffer w = weight == null ? null : weight.buffer();
    Backend backend = logits.device().backend();
    if (indices) {
      backend.crossEntropy(spec, logits.buffer(), target.buffer(), w, loss.buffer(), grad);
    } else {
      backend.crossEntropyProbabilities(
          spec, logits.buffer(), target.buffer(), w, loss.buffer(), grad);
    }
    if (grad == null) {
      return loss;
    }
    return step.record(
        "crossEntropy", loss, g -> scaled(logits, grad, loss, perRow(spec, reduction), step, g));
  }

  private static void checkTarget(
      Tensor logits, Tensor target, Shape rows, CrossEntropySpec spec, boolean indices) {
    Shape expected = indices ? rows : logits.shape();
    if (!target.shape().equals(expected)) {
      throw Checks.mismatch(
          "crossEntropy",
          logits.shape(),
          target.shape(),
          indices
              ? "class indices of shape " + rows + " are needed"
              : "class probabilities of the logits' shape are needed, or int32 class indices of shape "
                  + rows);
    }
    if (indices) {
      checkLabels(target, spec.classes(), spec.ignoreIndex());
    } else if (target.requiresGrad()) {
      throw new IllegalArgumentException(
          "crossEntropy: the target requires a gradient, which this loss does not give; detach() it");
    }
  }

  /**
   * Checks labels by what the host knows; looks at the device only where ignored labels hide the
   * range of the others.
   */
  private static void checkLabels(Tensor target, int classes, int ignoreIndex) {
    if (target.isKnownWithin(0, classes)) {
      return;
    }
    int[] labels = target.toIntArray();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != ignoreIndex && (labels[i] < 0 || labels[i] >= classes)) {
        throw new IllegalArgumentException(
            "crossEntropy: label "
                + labels[i]
                + " at position "
                + i
                + " of "
                + target.shape()
                + " is not in 0 to "
                + (classes - 1)
                + "; the model's last layer has "
                + classes
                + " outputs: give it one for each class, or renumber the labels");
      }
    }
  }

  /**
   * Returns the shape of the unreduced loss as it is broadcast against the logits, or null for a
   * reduced loss.
   */
  private static @Nullable ScaleShapes perRow(CrossEntropySpec s, Reduction reduction) {
    return reduction != Reduction.NONE
        ? null
        : new ScaleShapes(
            threeAxes(s.outer(), s.classes(), s.inner()), threeAxes(s.outer(), 1, s.inner()));
  }

  private static Shape threeAxes(int a, int b, int c) {
    return Shape.of(new int[] {a, b, c});
  }

  private record ScaleShapes(Shape grad, Shape upstream) {}

  /**
   * Computes a loss between elements.
   *
   * @param weight of a shape that broadcasts to the input's, or null
   * @param posWeight likewise
   */
  public static Tensor pointwise(
      String name,
      PointwiseLossSpec.Kind kind,
      Tensor x,
      Tensor target,
      @Nullable Tensor weight,
      @Nullable Tensor posWeight,
      Reduction reduction) {
    Step step = Checks.step(name, x);
    Checks.sameDevice(name, x, target);
    Checks.floats(name, x);
    Checks.floats(name, target);
    if (!x.shape().equals(target.shape())) {
      throw Checks.mismatch(
          name,
          x.shape(),
          target.shape(),
          "input and target need the same shape; reshape one of them");
    }
    boolean symmetric = kind == PointwiseLossSpec.Kind.MSE || kind == PointwiseLossSpec.Kind.L1;
    if (target.requiresGrad() && !symmetric) {
      throw new IllegalArgumentException(
          name + ": the target requires a gradient, which this loss does not give; detach() it");
    }
    PointwiseLossSpec spec = new PointwiseLossSpec(kind, x.size(), reduction);
    Tensor loss = step.empty(reduction == Reduction.NONE ? x.shape() : Shape.scalar());
    Buffer grad = step.records(x, target) ? step.scratch(FLOAT32, Math.max(1, x.size())) : null;
    Buffer w = expanded(name, weight, x, step);
    Buffer p = expanded(name, posWeight, x, step);
    x.device()
        .backend()
        .pointwiseLoss(spec, x.buffer(), target.buffer(), w, p, loss.buffer(), grad);
    if (grad == null) {
      return loss;
    }
    ScaleShapes shapes = reduction == Reduction.NONE ? new ScaleShapes(x.shape(), x.shape()) : null;
    return step.record(
        name,
        loss,
        g -> {
          if (target.requiresGrad()) {
            symmetricBackward(x, target, grad, loss, shapes, step, g);
          } else {
            scaled(x, grad, loss, shapes, step, g);
          }
        });
  }

  /** Brings a weight to the input's shape. */
  private static @Nullable Buffer expanded(
      String name, @Nullable Tensor weight, Tensor x, Step step) {
    if (weight == null) {
      return null;
    }
    Checks.sameDevice(name, x, weight);
    if (weight.shape().equals(x.shape())) {
      return weight.buffer();
    }
    if (!Arithmetic.broadcast(name, weight.shape(), x.shape()).equals(x.shape())) {
      throw Checks.mismatch(
          name, x.shape(), weight.shape(), "the weight has to broadcast to the input's shape");
    }
    Backend backend = x.device().backend();
    Buffer one = step.scratch(FLOAT32, 1);
    Buffer full = step.scratch(FLOAT32, Math.max(1, x.size()));
    backend.fill(one, 1, 1);
    backend.binary(
        new BinarySpec(BinaryOp.MUL, weight.shape(), Shape.scalar(), x.shape()),
        weight.buffer(),
        one,
        0,
        full);
    step.free(one);
    return full;
  }

  /** The target's gradient is the input's with the sign turned. */
  private static void symmetricBackward(
      Tensor x,
      Tensor target,
      Buffer grad,
      Tensor loss,
      @Nullable ScaleShapes shapes,
      Step step,
      Gradients g) {
    scale(x, grad, loss, shapes, g);
    Backend backend = x.device().backend();
    backend.axpby(x.size(), -1, grad, g.beta(target), g.of(target));
    if (g.needs(x)) {
      g.give(x, grad);
    } else {
      step.free(grad);
    }
  }

  private static void scaled(
      Tensor x, Buffer grad, Tensor loss, @Nullable ScaleShapes shapes, Step step, Gradients g) {
    if (g.needs(x)) {
      scale(x, grad, loss, shapes, g);
      g.give(x, grad);
    } else {
      step.free(grad);
    }
  }

  private static void scale(
      Tensor x, Buffer grad, Tensor loss, @Nullable ScaleShapes shapes, Gradients g) {
    if (g.isUnit()) {
      return;
    }
    BinarySpec spec =
        shapes == null
            ? new BinarySpec(BinaryOp.MUL, x.shape(), Shape.scalar(), x.shape())
            : new BinarySpec(BinaryOp.MUL, shapes.grad(), shapes.upstream(), shapes.grad());
    loss.device().backend().binary(spec, grad, g.upstream(), 0, grad);
  }
}

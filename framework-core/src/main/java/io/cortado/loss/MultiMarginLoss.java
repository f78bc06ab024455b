package io.cortado.loss;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Indexing;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hinge loss of several classes: the sum over all classes i but the target t of {@code w[t]
 * max(0, margin - x[t] + x[i])^p / C}.
 *
 * <p>Inputs are {@code [C]} or {@code [N, C]}, targets int32 {@code []} or {@code [N]}, and so is
 * the loss without a reduction. A class that is below the target's by just the margin has no
 * gradient.
 *
 * <p>For classes where only the best one counts: those that are behind by the margin have no
 * gradient (Crammer and Singer, 2001). Not where probabilities are wanted: {@link
 * CrossEntropyLoss}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html">torch.nn.MultiMarginLoss</a>
 */
public final class MultiMarginLoss implements Loss {

  private @Nullable LossWeight weight;
  private int p = 1;
  private float margin = 1;
  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function();

  /**
   * Sets the exponent; at first 1.
   *
   * @throws IllegalArgumentException if it is not 1 or 2
   */
  public MultiMarginLoss p(int exponent) {
    if (exponent != 1 && exponent != 2) {
      throw new IllegalArgumentException("multiMargin: p " + exponent + "; give 1 or 2");
    }
    p = exponent;
    function = function();
    return this;
  }

  /** Sets by how much the target has to be above the others; at first 1. */
  public MultiMarginLoss margin(double value) {
    margin = (float) value;
    function = function();
    return this;
  }

  /** Gives each class a weight, which counts where it is the target. */
  public MultiMarginLoss weight(float... perClass) {
    weight = new LossWeight("multiMargin", perClass, perClass.length);
    return this;
  }

  /** Sets what is done with the samples' losses; at first the mean. */
  public MultiMarginLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private Pointwise function() {
    return Pointwise.of("multiMargin", 3, this::element);
  }

  /** Of x, the target's x, and 1 at the target. */
  private Expr element(List<Expr> in) {
    Expr behind = in.get(0).sub(in.get(1)).add(margin).relu();
    return in.get(2).where(Expr.of(0), p == 1 ? behind : behind.square());
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is not a class
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Shape s = input.shape();
    if (s.rank() < 1 || s.rank() > 2) {
      throw new IllegalArgumentException(
          "multiMargin: an input of shape " + s + "; [C] or [N, C] is needed");
    }
    int axis = s.rank() - 1;
    int classes = s.dim(axis);
    ClassTargets targets =
        ClassTargets.of("multiMargin", target, s.without(axis), classes, ClassTargets.NONE_IGNORED);
    Tensor picked = targets.pick(input, axis).reshape(s.with(axis, 1).toArray());
    Tensor hits = Indexing.oneHot(targets.indices(), classes);
    Tensor losses = function.apply(input, picked, hits).mean(-1, false);
    if (weight != null) {
      losses = losses.mul(targets.weights(weight.perClass("multiMargin", input.device(), classes)));
    }
    return Reduced.apply(losses, reduction);
  }
}

package io.cortado.loss;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import org.jspecify.annotations.Nullable;

/**
 * The negative log-likelihood of classes: {@code -w[t] x[t]} of log-probabilities x.
 *
 * <p>Inputs are {@code [C]}, {@code [N, C]} or {@code [N, C, d1, ...]}, targets int32 of the same
 * shape without the class axis, and so is the loss without a reduction. The mean is weighted: the
 * sum is divided by the sum of {@code w[t]}. Ignored targets cost nothing and do not count; the
 * mean of none is NaN, as in PyTorch.
 *
 * <p>For models that give log-probabilities anyway, such as mixtures and ensembles. Not behind a
 * {@code logSoftmax} of one's own: {@link CrossEntropyLoss} does both in one pass. Probabilities
 * give a number that means nothing.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html">torch.nn.NLLLoss</a>
 */
public final class NLLLoss implements Loss {

  /**
   * Ignored rows are chosen away, not multiplied by 0, so that no infinity of theirs gets through.
   */
  private static final Pointwise WEIGHTED =
      Pointwise.of("nll", 3, in -> in.get(2).where(in.get(0).mul(in.get(1)).neg(), Expr.of(0)));

  private @Nullable LossWeight weight;
  private int ignoreIndex = CrossEntropyLoss.DEFAULT_IGNORE_INDEX;
  private Reduction reduction = Reduction.MEAN;

  /** Gives each class a weight, as for classes of unequal frequency. */
  public NLLLoss weight(float... perClass) {
    weight = new LossWeight("nll", perClass, perClass.length);
    return this;
  }

  /** Sets the target value that does not count; at first -100. */
  public NLLLoss ignoreIndex(int index) {
    ignoreIndex = index;
    return this;
  }

  /** Sets what is done with the samples' losses; at first the mean. */
  public NLLLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is not a class
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Shape s = input.shape();
    if (s.rank() == 0) {
      throw new IllegalArgumentException(
          "nll: an input of shape []; [C], [N, C] or [N, C, ...] is needed");
    }
    int axis = s.rank() == 1 ? 0 : 1;
    ClassTargets targets =
        ClassTargets.of("nll", target, s.without(axis), s.dim(axis), ignoreIndex);
    Tensor picked = targets.pick(input, axis);
    Tensor counted = targets.counted();
    if (weight == null && counted == null) {
      return Reduced.apply(picked.neg(), reduction);
    }
    if (counted == null) {
      counted = input.device().full(1, picked.shape().toArray());
    }
    LossWeight w = weight;
    Tensor weights =
        w == null ? counted : targets.weights(w.perClass("nll", input.device(), input.dim(axis)));
    Tensor losses = WEIGHTED.apply(picked, weights, counted);
    return reduction == Reduction.MEAN
        ? losses.sum().div(weights.mul(counted).sum())
        : Reduced.apply(losses, reduction);
  }
}

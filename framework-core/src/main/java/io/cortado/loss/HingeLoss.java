package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/**
 * The support vector machine's loss {@code max(0, 1 - t x)} of targets -1 and 1.
 *
 * <p>Input and target broadcast to one shape.
 *
 * <p>For two classes: samples that are right by a margin of 1 cost nothing and have no gradient, so
 * that the others decide (Cortes and Vapnik, 1995). Not where probabilities are wanted, which its
 * outputs are not: {@link SoftMarginLoss}. PyTorch has it only for several classes: {@link
 * MultiMarginLoss}.
 */
public final class HingeLoss implements Loss {

  private static final Pointwise FUNCTION =
      Pointwise.of("hinge", (x, t) -> t.mul(x).rsub(1).clampMin(0));

  private static final Pointwise SQUARED =
      Pointwise.of("hinge", (x, t) -> t.mul(x).rsub(1).relu().square());

  private boolean squared;
  private Reduction reduction = Reduction.MEAN;

  /** Squares each element's loss, for a gradient without a jump; at first not. */
  public HingeLoss squared(boolean on) {
    squared = on;
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public HingeLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(squared ? SQUARED : FUNCTION, reduction, input, target);
  }
}

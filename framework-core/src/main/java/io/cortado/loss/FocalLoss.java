package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * The binary cross-entropy of logits, less where the model is sure already: {@code a (1 - q)^gamma
 * (-ln q)} with q the probability given to the right answer.
 *
 * <p>Input and target (0 or 1) broadcast to one shape; a is alpha where the target is 1 and 1 -
 * alpha where it is 0. With gamma 0 and no alpha it is {@link BCEWithLogitsLoss}.
 *
 * <p>For detectors, whose easy negatives outnumber all else (Lin et al., "Focal loss for dense
 * object detection", 2017). Not with wrong labels, which are the hardest samples of all; and not
 * where probabilities have to be calibrated.
 */
public final class FocalLoss implements Loss {

  private double alpha = 0.25;
  private double gamma = 2;
  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function();

  /**
   * Sets the weight of the positive part; at first 0.25. A negative number weighs nothing.
   *
   * @throws IllegalArgumentException if it is above 1
   */
  public FocalLoss alpha(double value) {
    if (!(value <= 1)) {
      throw new IllegalArgumentException("focal: alpha " + value + " has to be at most 1");
    }
    alpha = value;
    function = function();
    return this;
  }

  /**
   * Sets how strongly the sure ones are held back; at first 2.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public FocalLoss gamma(double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("focal: gamma " + value + " has to be 0 or above");
    }
    gamma = value;
    function = function();
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public FocalLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private Pointwise function() {
    return Pointwise.of("focal", this::element);
  }

  private Expr element(Expr x, Expr t) {
    Expr p = x.sigmoid();
    Expr wrong = p.add(t).sub(p.mul(t).mul(2)); // 1 - p where t is 1, p where it is 0
    Expr factor = gamma == 2 ? wrong.square() : wrong.pow((float) gamma);
    Expr loss = factor.mul(x.softplus().sub(t.mul(x)));
    if (alpha < 0) {
      return loss;
    }
    return loss.mul(t.mul((float) (2 * alpha - 1)).add((float) (1 - alpha)));
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(function, reduction, input, target);
  }
}

package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;
import java.util.function.BinaryOperator;

/**
 * {@code max(0, d(a, p) - d(a, n) + margin)} with a distance of one's own.
 *
 * <p>The distance is a function of two tensors {@code [N, D]} that gives {@code [N]}, out of
 * differentiable operations: a cosine, a learned metric. For the usual distances {@link
 * TripletMarginLoss} is shorter.
 *
 * @see TripletMarginLoss
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html">torch.nn.TripletMarginWithDistanceLoss</a>
 */
public final class TripletMarginWithDistanceLoss {

  private final BinaryOperator<Tensor> distance;
  private boolean swap;
  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(1);

  /** Makes the loss of a distance. */
  public TripletMarginWithDistanceLoss(BinaryOperator<Tensor> distance) {
    this.distance = distance;
  }

  /**
   * Sets by how much the negative has to be farther away; at first 1.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public TripletMarginWithDistanceLoss margin(double margin) {
    if (!(margin > 0)) {
      throw new IllegalArgumentException("tripletMargin: margin " + margin + " has to be above 0");
    }
    function = function((float) margin);
    return this;
  }

  /** Takes the nearer of the negative's distances from anchor and positive; at first not. */
  public TripletMarginWithDistanceLoss swap(boolean on) {
    swap = on;
    return this;
  }

  /** Sets what is done with the triplets' losses; at first the mean. */
  public TripletMarginWithDistanceLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float margin) {
    return Pointwise.of("tripletMargin", (near, far) -> near.sub(far).add(margin).clampMin(0));
  }

  /** Computes the loss. */
  public Tensor forward(Tensor anchor, Tensor positive, Tensor negative) {
    Tensor near = distance.apply(anchor, positive);
    Tensor far = distance.apply(anchor, negative);
    if (swap) {
      far = far.minimum(distance.apply(positive, negative));
    }
    return Reduced.apply(function, reduction, near, far);
  }
}

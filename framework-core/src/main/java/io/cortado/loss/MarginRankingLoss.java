package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/**
 * {@code max(0, -t (x1 - x2) + margin)}: the first input should rank above the second where t is 1,
 * below where it is -1.
 *
 * <p>All three broadcast to one shape; both inputs may require a gradient.
 *
 * <p>For learning to rank from pairs, where x1 and x2 are the scores that one model gives to both.
 * Leave a margin: with 0, equal scores for everything cost nothing.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html">torch.nn.MarginRankingLoss</a>
 */
public final class MarginRankingLoss {

  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(0);

  /** Sets by how much the better one has to be above; at first 0. */
  public MarginRankingLoss margin(double margin) {
    function = function((float) margin);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public MarginRankingLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float margin) {
    return Pointwise.of(
        "marginRanking",
        3,
        in -> in.get(2).neg().mul(in.get(0).sub(in.get(1))).add(margin).clampMin(0));
  }

  /** Computes the loss. */
  public Tensor forward(Tensor input1, Tensor input2, Tensor target) {
    return Reduced.apply(function, reduction, input1, input2, target);
  }
}

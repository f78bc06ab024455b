package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.nn.PairwiseDistance;

/**
 * {@code max(0, d(a, p) - d(a, n) + margin)}: the anchor a should be nearer to the positive p than
 * to the negative n.
 *
 * <p>All three are {@code [N, D]} or {@code [D]}; the distance is {@code d(x, y) = (sum |x - y +
 * eps|^p)^(1/p)}. The loss is {@code [N]} without a reduction, and all three may require a
 * gradient.
 *
 * <p>For embeddings of faces, products, sentences (Balntas et al., "Learning local feature
 * descriptors with triplets", 2016). Choose triplets that are hard: most random ones soon cost
 * nothing. Not where there are few classes with many samples each, which a classifier learns
 * faster.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html">torch.nn.TripletMarginLoss</a>
 */
public final class TripletMarginLoss {

  private float p = 2;
  private float eps = 1e-6f;
  private PairwiseDistance distance = distance();
  private final TripletMarginWithDistanceLoss loss =
      new TripletMarginWithDistanceLoss((x, y) -> distance.forward(x, y));

  /**
   * Sets the exponent of the distance; at first 2.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public TripletMarginLoss p(double exponent) {
    if (!(exponent > 0)) {
      throw new IllegalArgumentException("tripletMargin: p " + exponent + " has to be above 0");
    }
    p = (float) exponent;
    distance = distance();
    return this;
  }

  /** Sets what is added to each difference, against distances of 0; at first 1e-6. */
  public TripletMarginLoss eps(double value) {
    eps = (float) value;
    distance = distance();
    return this;
  }

  /** Sets by how much the negative has to be farther away; at first 1. */
  public TripletMarginLoss margin(double margin) {
    loss.margin(margin);
    return this;
  }

  /** Takes the nearer of the negative's distances from anchor and positive; at first not. */
  public TripletMarginLoss swap(boolean on) {
    loss.swap(on);
    return this;
  }

  /** Sets what is done with the triplets' losses; at first the mean. */
  public TripletMarginLoss reduction(Reduction r) {
    loss.reduction(r);
    return this;
  }

  private PairwiseDistance distance() {
    return new PairwiseDistance(p, eps, false);
  }

  /** Computes the loss. */
  public Tensor forward(Tensor anchor, Tensor positive, Tensor negative) {
    return loss.forward(anchor, positive, negative);
  }
}

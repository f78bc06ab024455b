package io.cortado.loss;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;

/**
 * One minus twice the overlap by the sum of both areas: {@code 1 - (2 sum p t + s) / (sum p + sum t
 * + s)} for each sample and class.
 *
 * <p>Input (probabilities) and target (0 to 1) are {@code [N, C, ...]}; the loss is {@code [N, C]}
 * without a reduction.
 *
 * <p>For segmentation, where what is looked for is a small part of the picture (Milletari et al.,
 * "V-Net", 2016): it does not matter how large the rest is. Alone it trains unsteadily where areas
 * are tiny or absent; add {@link BCEWithLogitsLoss} then.
 */
public final class DiceLoss implements Loss {

  private float smooth = 1;
  private Reduction reduction = Reduction.MEAN;

  /**
   * Sets the s that keeps empty areas from dividing by 0; at first 1.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public DiceLoss smooth(double s) {
    if (!(s >= 0)) {
      throw new IllegalArgumentException("dice: smooth " + s + " has to be 0 or above");
    }
    smooth = (float) s;
    return this;
  }

  /** Sets what is done with the losses of samples and classes; at first the mean. */
  public DiceLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Shape s = input.shape();
    if (s.rank() < 2 || !s.equals(target.shape())) {
      throw new IllegalArgumentException(
          "dice: input of shape %s with a target of shape %s; both need one shape [N, C, ...]"
              .formatted(s, target.shape()));
    }
    int area = Math.toIntExact(s.product(2, s.rank()));
    Tensor p = input.reshape(s.dim(0), s.dim(1), area);
    Tensor t = target.reshape(s.dim(0), s.dim(1), area);
    Tensor overlap = p.mul(t).sum(-1, false).mul(2).add(smooth);
    Tensor both = p.add(t).sum(-1, false).add(smooth);
    return Reduced.apply(overlap.div(both).mul(-1).add(1), reduction);
  }
}

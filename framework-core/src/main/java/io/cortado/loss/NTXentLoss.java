package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;

/**
 * Finds each view's other view among all views but itself: the cross-entropy of {@code cos(z[i],
 * z[j]) / T} over the 2 N rows of both inputs.
 *
 * <p>Both inputs are {@code [N, D]}, row by row two views of the same; both may require a gradient.
 * The loss is {@code [2 N]} without a reduction, the first input's rows first.
 *
 * <p>For learning without labels from two random changes of each sample (Chen et al., "SimCLR",
 * 2020). Like {@link InfoNCELoss} it needs large batches, and suffers where they hold the same
 * thing twice.
 */
public final class NTXentLoss implements Loss {

  private float temperature = 0.5f;
  private Reduction reduction = Reduction.MEAN;

  /**
   * Sets T; at first 0.5.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public NTXentLoss temperature(double value) {
    temperature = Contrast.temperature("ntXent", value);
    return this;
  }

  /** Sets what is done with the views' losses; at first the mean. */
  public NTXentLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  @Override
  public Tensor forward(Tensor view1, Tensor view2) {
    Contrast.check("ntXent", view1, view2);
    int n = view1.dim(0);
    Tensor z = Contrast.unit(Tensor.concat(0, view1, view2));
    Tensor logits = Contrast.withoutItself(z.matmul(z.transpose(0, 1)).mul(1 / temperature));
    return new CrossEntropyLoss()
        .reduction(reduction)
        .forward(logits, Contrast.partners(view1.device(), 2 * n, n));
  }
}

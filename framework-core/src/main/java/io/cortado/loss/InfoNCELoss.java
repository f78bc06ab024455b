package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;

/**
 * Finds each query's key among the keys of all: the cross-entropy of {@code cos(q[i], k[j]) / T}
 * with the class i.
 *
 * <p>Queries and keys are {@code [N, D]}, row by row pairs; both may require a gradient. The loss
 * is {@code [N]} without a reduction.
 *
 * <p>For embeddings of pairs, of two kinds or by two models: pictures and their texts, a query and
 * its document (van den Oord et al., "Representation learning with contrastive predictive coding",
 * 2018). It needs large batches, as the other pairs are what a pair is told from; and not where
 * rows of a batch often mean the same, which would be pushed apart.
 *
 * @see NTXentLoss
 */
public final class InfoNCELoss implements Loss {

  private float temperature = 0.1f;
  private boolean symmetric;
  private Reduction reduction = Reduction.MEAN;

  /**
   * Sets T; at first 0.1. The smaller, the more the nearest of the wrong keys count.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public InfoNCELoss temperature(double value) {
    temperature = Contrast.temperature("infoNCE", value);
    return this;
  }

  /**
   * Looks for each key's query too, and takes the mean of both losses (Radford et al., "CLIP",
   * 2021); at first not.
   */
  public InfoNCELoss symmetric(boolean on) {
    symmetric = on;
    return this;
  }

  /** Sets what is done with the pairs' losses; at first the mean. */
  public InfoNCELoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  @Override
  public Tensor forward(Tensor queries, Tensor keys) {
    Contrast.check("infoNCE", queries, keys);
    Tensor unit = Contrast.unit(keys);
    Tensor logits = Contrast.unit(queries).matmul(unit.transpose(0, 1)).mul(1 / temperature);
    Tensor labels = Contrast.partners(queries.device(), queries.dim(0), 0);
    CrossEntropyLoss find = new CrossEntropyLoss().reduction(reduction);
    Tensor loss = find.forward(logits, labels);
    return symmetric ? loss.add(find.forward(logits.transpose(0, 1), labels)).mul(0.5f) : loss;
  }
}

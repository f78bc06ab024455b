package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.List;

/**
 * {@code 1 - cos(x1, x2)} where the target is 1, and {@code max(0, cos(x1, x2) - margin)} where it
 * is -1.
 *
 * <p>Inputs {@code [N, D]} with a target {@code [N]}, or {@code [D]} with a single number; both
 * inputs may require a gradient. A vector of zeros has a cosine of 0 with all others.
 *
 * <p>For pairs of embeddings whose direction says what they are, such as texts. Not where the
 * length says something too: {@link HingeEmbeddingLoss} of a distance.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html">torch.nn.CosineEmbeddingLoss</a>
 */
public final class CosineEmbeddingLoss {

  /** What PyTorch adds to both squared lengths, so that a vector of zeros has a cosine. */
  private static final float EPSILON = 1e-12f;

  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(0);

  /**
   * Sets up to which cosine different pairs cost nothing; at first 0.
   *
   * @throws IllegalArgumentException if it is not between -1 and 1
   */
  public CosineEmbeddingLoss margin(double margin) {
    if (!(margin >= -1 && margin <= 1)) {
      throw new IllegalArgumentException(
          "cosineEmbedding: margin " + margin + " is no cosine; give -1 to 1, best 0 to 0.5");
    }
    function = function((float) margin);
    return this;
  }

  /** Sets what is done with the pairs' losses; at first the mean. */
  public CosineEmbeddingLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float margin) {
    return Pointwise.of("cosineEmbedding", 4, in -> element(margin, in));
  }

  private static Expr element(float margin, List<Expr> in) {
    Expr lengths = in.get(1).add(EPSILON).mul(in.get(2).add(EPSILON)).sqrt();
    Expr cosine = in.get(0).div(lengths);
    Expr t = in.get(3);
    Expr zero = Expr.of(0);
    Expr alike = t.eq(1).where(cosine.rsub(1), zero);
    return alike.add(t.eq(-1).where(cosine.sub(margin).clampMin(0), zero));
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public Tensor forward(Tensor input1, Tensor input2, Tensor target) {
    int rank = input1.shape().rank();
    if (rank == 0
        || !input1.shape().equals(input2.shape())
        || !target.shape().equals(input1.shape().without(rank - 1))) {
      throw new IllegalArgumentException(
          "cosineEmbedding: inputs of shapes %s and %s with a target of shape %s; inputs of one shape [N, D] and a target [N] are needed, or [D] and []"
              .formatted(input1.shape(), input2.shape(), target.shape()));
    }
    Tensor losses =
        function.apply(
            input1.mul(input2).sum(-1, false),
            input1.square().sum(-1, false),
            input2.square().sum(-1, false),
            target);
    return Reduced.apply(losses, reduction);
  }
}

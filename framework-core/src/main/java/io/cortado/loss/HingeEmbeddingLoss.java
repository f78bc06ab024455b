package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * {@code x} where the target is 1, and {@code max(0, margin - x)} where it is -1.
 *
 * <p>Input and target broadcast to one shape. A NaN of the input makes the loss NaN; where the
 * target is -1, its gradient is -1 (PyTorch's is 0).
 *
 * <p>For embeddings, where x is the distance of a pair: alike pairs (1) come together, others (-1)
 * are kept a margin apart. Not for the outputs of a classifier: {@link HingeLoss}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html">torch.nn.HingeEmbeddingLoss</a>
 */
public final class HingeEmbeddingLoss implements Loss {

  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(1);

  /** Sets how far apart different pairs have to be; at first 1. */
  public HingeEmbeddingLoss margin(double margin) {
    function = function((float) margin);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public HingeEmbeddingLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float margin) {
    return Pointwise.of(
        "hingeEmbedding",
        (x, t) -> {
          Expr apart = t.ne(Expr.of(1)).where(x.rsub(margin).clampMin(0), Expr.of(0));
          return apart.add(t.ne(Expr.of(-1)).where(x, Expr.of(0)));
        });
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(function, reduction, input, target);
  }
}

package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * The Kullback-Leibler divergence, element by element: {@code t (ln t - x)} for log-probabilities x
 * and probabilities t, and 0 where t is 0.
 *
 * <p>Input and target broadcast to one shape; both may require a gradient. Its definition divides
 * the sum by the number of samples: {@link #batchMean}; the mean over all elements is PyTorch's
 * default.
 *
 * <p>To bring a distribution near to another one, as in distillation (Hinton et al., 2015), behind
 * {@code logSoftmax}. Not of probabilities, which give a number that means nothing; and not for
 * labels, for which {@link CrossEntropyLoss} is the same and faster.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html">torch.nn.KLDivLoss</a>
 */
public final class KLDivLoss implements Loss {

  private static final Pointwise PROBABILITIES =
      Pointwise.of(
          "klDiv",
          (x, t) -> {
            Expr information = t.eq(0).where(Expr.of(0), t.mul(t.log()));
            return information.sub(t.mul(x));
          });

  private static final Pointwise LOGARITHMS =
      Pointwise.of("klDiv", (x, t) -> t.exp().mul(t.sub(x)));

  private boolean logTarget;
  private boolean batchMean;
  private Reduction reduction = Reduction.MEAN;

  /** Says whether targets are given as logarithms, too; at first not. */
  public KLDivLoss logTarget(boolean on) {
    logTarget = on;
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public KLDivLoss reduction(Reduction r) {
    reduction = r;
    batchMean = false;
    return this;
  }

  /** Divides the sum by the extent of the first axis: the divergence as it is defined. */
  public KLDivLoss batchMean() {
    batchMean = true;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Tensor losses = (logTarget ? LOGARITHMS : PROBABILITIES).apply(input, target);
    if (!batchMean) {
      return Reduced.apply(losses, reduction);
    }
    int samples = input.shape().rank() == 0 ? 1 : input.dim(0);
    return losses.sum().div(samples);
  }
}

package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;
import org.jspecify.annotations.Nullable;

/**
 * The binary cross-entropy of probabilities, {@code -w (t log x + (1 - t) log(1 - x))}.
 *
 * <p>Input (0 to 1, as a sigmoid gives) and target (0 to 1) have one shape, and so has the loss
 * without a reduction. Logarithms are held at -100 or above, so that an input of 0 or 1 is finite,
 * as in PyTorch.
 *
 * <p>For probabilities that come from somewhere else. Not behind a sigmoid of one's own: {@link
 * BCEWithLogitsLoss} computes the same from logits, more exactly and faster.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html">torch.nn.BCELoss</a>
 */
public final class BCELoss implements Loss {

  private @Nullable LossWeight weight;
  private Reduction reduction = Reduction.MEAN;

  /** Gives elements a weight, of a shape that broadcasts to the input's. */
  public BCELoss weight(float[] values, int... shape) {
    weight = new LossWeight("bce", values, shape);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public BCELoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Tensor w = weight == null ? null : weight.on(input.device());
    return io.cortado.autograd.Losses.pointwise("bce", Kind.BCE, input, target, w, null, reduction);
  }
}

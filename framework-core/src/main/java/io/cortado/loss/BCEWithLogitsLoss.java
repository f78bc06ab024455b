package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;
import org.jspecify.annotations.Nullable;

/**
 * The binary cross-entropy of logits, {@code -w (p t log s(x) + (1 - t) log(1 - s(x)))} with s the
 * sigmoid.
 *
 * <p>Input and target (0 to 1) have one shape, and so has the loss without a reduction. Exact for
 * logits of any size.
 *
 * <p>For yes-or-no questions, one or several per sample; the model ends in a linear layer, without
 * sigmoid. Not where just one of several answers is right: {@link CrossEntropyLoss} knows that.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html">torch.nn.BCEWithLogitsLoss</a>
 */
public final class BCEWithLogitsLoss implements Loss {

  private @Nullable LossWeight weight;
  private @Nullable LossWeight posWeight;
  private Reduction reduction = Reduction.MEAN;

  /** Gives elements a weight w, of a shape that broadcasts to the input's. */
  public BCEWithLogitsLoss weight(float[] values, int... shape) {
    weight = new LossWeight("bceWithLogits", values, shape);
    return this;
  }

  /**
   * Gives the positive part of each class a weight p, one per element of the input's last axis:
   * above 1 favours recall.
   */
  public BCEWithLogitsLoss posWeight(float... perClass) {
    posWeight = new LossWeight("bceWithLogits", perClass, perClass.length);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public BCEWithLogitsLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Tensor w = weight == null ? null : weight.on(input.device());
    Tensor p = posWeight == null ? null : posWeight.on(input.device());
    return io.cortado.autograd.Losses.pointwise(
        "bceWithLogits", Kind.BCE_WITH_LOGITS, input, target, w, p, reduction);
  }
}

package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import org.jspecify.annotations.Nullable;

/**
 * The mean over the classes of the binary cross-entropy of each: {@code -(t ln s(x) + (1 - t) ln(1
 * - s(x)))} with s the sigmoid.
 *
 * <p>Input and target (0 or 1) are {@code [C]} or {@code [N, C]}, and the loss is one number for
 * each sample: {@code [N]}.
 *
 * <p>For samples with any number of labels, behind a linear layer; it differs from {@link
 * BCEWithLogitsLoss} only in what a reduction of none or sum gives. Not for samples of just one
 * label: {@link CrossEntropyLoss}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html">torch.nn.MultiLabelSoftMarginLoss</a>
 */
public final class MultiLabelSoftMarginLoss implements Loss {

  private static final Pointwise FUNCTION =
      Pointwise.of("multiLabelSoftMargin", MultiLabelSoftMarginLoss::element);

  private static final Pointwise WEIGHTED =
      Pointwise.of("multiLabelSoftMargin", 3, in -> element(in.get(0), in.get(1)).mul(in.get(2)));

  private @Nullable LossWeight weight;
  private Reduction reduction = Reduction.MEAN;

  /** Gives each class a weight. */
  public MultiLabelSoftMarginLoss weight(float... perClass) {
    weight = new LossWeight("multiLabelSoftMargin", perClass, perClass.length);
    return this;
  }

  /** Sets what is done with the samples' losses; at first the mean. */
  public MultiLabelSoftMarginLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /** {@code ln(1 + e^x) - t x}, which is the cross-entropy without overflow. */
  private static Expr element(Expr x, Expr t) {
    return x.softplus().sub(t.mul(x));
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Tensor losses =
        weight == null
            ? FUNCTION.apply(input, target)
            : WEIGHTED.apply(input, target, weight.on(input.device()));
    return Reduced.apply(losses.mean(-1, false), reduction);
  }
}

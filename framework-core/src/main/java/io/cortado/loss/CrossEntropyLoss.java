package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between logits and classes.
 *
 * <pre>
 *   loss[n] = -w[t] log softmax(x[n])[t],   t the class of sample n
 * </pre>
 *
 * and the mean is weighted by {@code w[t]}. Targets are class indices (int32, the logits' shape
 * without the class axis) or class probabilities (float32, the logits' shape), for which {@code
 * loss[n] = -sum over c of w[c] t[n, c] log softmax(x[n])[c]} and the mean is over samples. Logits
 * are {@code [C]}, {@code [N, C]} or {@code [N, C, d1, ...]}.
 *
 * <p>If all targets are ignored the mean is NaN, as in PyTorch. Exact for logits of any size.
 *
 * <p>For choosing one of several classes; the model ends in a linear layer, without softmax. Not
 * where several classes can hold at once: {@link BCEWithLogitsLoss}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html">torch.nn.CrossEntropyLoss</a>
 */
public final class CrossEntropyLoss implements Loss {

  /** The target value that is ignored unless another is chosen. */
  public static final int DEFAULT_IGNORE_INDEX = -100;

  private @Nullable LossWeight weight;
  private int ignoreIndex = DEFAULT_IGNORE_INDEX;
  private float labelSmoothing;
  private Reduction reduction = Reduction.MEAN;

  /** Gives each class a weight, as for classes of unequal frequency. */
  public CrossEntropyLoss weight(float... perClass) {
    weight = new LossWeight("crossEntropy", perClass, perClass.length);
    return this;
  }

  /** Sets the target value that does not count. */
  public CrossEntropyLoss ignoreIndex(int index) {
    ignoreIndex = index;
    return this;
  }

  /**
   * Mixes the targets with the uniform distribution: {@code (1 - s)} of the target, {@code s / C}
   * for every class.
   *
   * @throws IllegalArgumentException if s is not between 0 and 1
   */
  public CrossEntropyLoss labelSmoothing(double s) {
    if (!(s >= 0 && s <= 1)) {
      throw new IllegalArgumentException(
          "crossEntropy: label smoothing " + s + " is not between 0 and 1");
    }
    labelSmoothing = (float) s;
    return this;
  }

  /** Sets what is done with the samples' losses; at first the mean. */
  public CrossEntropyLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return io.cortado.autograd.Losses.crossEntropy(
        input,
        target,
        weight == null ? null : weight.on(input.device()),
        ignoreIndex,
        labelSmoothing,
        reduction);
  }
}

package io.cortado.backend;

import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import org.jspecify.annotations.Nullable;

/** Softmax, and losses with their gradients in the same pass. */
public interface LossOps {

  /**
   * Computes a softmax or its logarithm along one axis, shifted by the maximum so that it cannot
   * overflow.
   */
  void softmax(SoftmaxSpec spec, Buffer x, Buffer y);

  /** Computes the gradient of a softmax, or of its logarithm, from its output. */
  void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx);

  /**
   * Computes the cross-entropy of logits against class indices, and its gradient in the same pass.
   *
   * <p>With weights the mean is divided by the sum of the targets' weights; an empty mean is NaN,
   * as PyTorch's. Without smoothing no logit but the target's has a term, and others may be minus
   * infinity. Else every class has one, and a weight of 0 times minus infinity makes the loss NaN,
   * as PyTorch's; the gradient knows nothing of that.
   *
   * @param targets int32, one per row
   * @param weight one per class, null for 1
   * @param loss one per row, or a single number, as the reduction says
   * @param grad receives the gradient of the logits for an upstream gradient of 1; null if not
   *     wanted
   */
  void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad);

  /**
   * Computes the cross-entropy of logits against class probabilities of the logits' own shape.
   *
   * <p>The mean is over rows, whatever the weights, as PyTorch's. A probability of 0 of a class
   * whose logit is minus infinity makes the loss NaN, as PyTorch's, and not the gradient.
   */
  void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad);

  /**
   * Computes a loss between elements, and its gradient in the same pass.
   *
   * @param weight one per element, null for 1
   * @param posWeight one per element, null for 1; {@code BCE_WITH_LOGITS} alone
   * @param loss one per element, or a single number, as the reduction says
   * @param grad receives the gradient of x for an upstream gradient of 1; null if not wanted
   */
  void pointwiseLoss(
      PointwiseLossSpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad);
}

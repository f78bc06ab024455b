package io.cortado.backend.spec;

/**
 * What of Adam and AdamW does not change from step to step.
 *
 * <p>As PyTorch's: {@code decoupled ? p -= lr * weightDecay * p : g += weightDecay * p; m = beta1 *
 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g * g; p -= (lr / correction1) * m / (sqrt(v)
 * / sqrt(correction2) + eps)}. The corrections are {@code 1 - beta^step}.
 *
 * <p>The betas are double, because {@code 1 - beta2} taken of a float would be off by 5e-5.
 *
 * @param n how many parameters
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps added to the denominator
 * @param weightDecay the penalty
 * @param decoupled whether the penalty acts on the parameters (AdamW) or on the gradient (Adam)
 */
public record AdamSpec(
    long n, double beta1, double beta2, float eps, float weightDecay, boolean decoupled) {

  /** Index of the learning rate among the hyper-parameters in device memory. */
  public static final int LR = 0;

  /** Index of {@code 1 - lr * weightDecay}, used where the penalty is decoupled. */
  public static final int DECAY_FACTOR = 1;

  /** How many hyper-parameters there are. */
  public static final int COUNT = 2;

  /**
   * Returns {@code 1 - beta1^step}, by which the first moment is too small after so many steps.
   *
   * @param step from 1
   */
  public double correction1(long step) {
    return 1 - Math.pow(beta1, step);
  }

  /** Returns {@code 1 - beta2^step}, by which the second moment is too small. */
  public double correction2(long step) {
    return 1 - Math.pow(beta2, step);
  }
}

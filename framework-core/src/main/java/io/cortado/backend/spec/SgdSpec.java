package io.cortado.backend.spec;

/**
 * What of stochastic gradient descent does not change from step to step.
 *
 * <p>As PyTorch's SGD: {@code g += weightDecay * p; buf = first ? g : momentum * buf + (1 -
 * dampening) * g; g = nesterov ? g + momentum * buf : buf; p -= lr * g}. Without momentum there is
 * no buffer.
 *
 * @param n how many parameters
 * @param momentum how much of the last direction is kept
 * @param dampening how much of the new gradient is left out of the direction
 * @param weightDecay the L2 penalty
 * @param nesterov whether the gradient is taken a step ahead
 */
public record SgdSpec(
    long n, float momentum, float dampening, float weightDecay, boolean nesterov) {

  /** Index of the learning rate among the hyper-parameters in device memory. */
  public static final int LR = 0;

  /** How many hyper-parameters there are. */
  public static final int COUNT = 1;
}

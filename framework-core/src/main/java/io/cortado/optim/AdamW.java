package io.cortado.optim;

/**
 * Adam with the weight decay applied to the parameters rather than added to the gradient.
 *
 * <pre>
 *   p = p - lr weightDecay p,   g = gradient
 *   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, Decoupled Weight Decay
 *     Regularization (2017)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html">torch.optim.AdamW</a>
 */
public final class AdamW extends AdamBase<AdamW> {

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-3. */
  public AdamW() {
    this(1e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public AdamW(double lr) {
    super(lr, true);
    setDefaultWeightDecay(0.01);
  }

  @Override
  AdamW self() {
    return this;
  }
}

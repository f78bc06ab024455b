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
public final class AdamW extends AdamBase {

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public AdamW(double lr) {
    super(lr, true);
    setDefaultWeightDecay(0.01);
  }

  /** Sets how slowly the two running means forget, each at least 0 and below 1. */
  public AdamW betas(double beta1, double beta2) {
    setBetas(beta1, beta2);
    return this;
  }

  /** Sets what is added to the denominator. */
  public AdamW eps(double eps) {
    setEps(eps);
    return this;
  }

  /** Sets the weight decay, by which parameters shrink at each step. */
  public AdamW weightDecay(double wd) {
    setDefaultWeightDecay(wd);
    return this;
  }
}

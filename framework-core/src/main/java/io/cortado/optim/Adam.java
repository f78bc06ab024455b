package io.cortado.optim;

/**
 * Steps by the running mean of the gradient over the root of the running mean of its square.
 *
 * <pre>
 *   g = gradient + weightDecay p
 *   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam (2014)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch.optim.Adam</a>
 */
public final class Adam extends AdamBase<Adam> {

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-3. */
  public Adam() {
    this(1e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Adam(double lr) {
    super(lr, false);
  }

  /**
   * Takes the weight decay as a part of the parameters, as {@link AdamW} does, rather than as an L2
   * penalty that goes through the running means.
   */
  public Adam decoupledWeightDecay(boolean on) {
    setDecoupled(on);
    return this;
  }

  @Override
  Adam self() {
    return this;
  }
}

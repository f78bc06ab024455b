package io.cortado.optim;

import java.util.List;

/**
 * What Adam and its kin have in common: two running moments of the gradient.
 *
 * @param <O> the optimizer itself
 */
abstract class MomentsOptimizer<O extends MomentsOptimizer<O>> extends PointwiseOptimizer<O> {

  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double eps = 1e-8;
  private boolean decoupled;

  MomentsOptimizer(double lr, boolean decoupled) {
    super(lr);
    this.decoupled = decoupled;
  }

  /**
   * Sets how slowly the two running moments forget; at first 0.9 and 0.999.
   *
   * @throws IllegalArgumentException if one is below 0, or 1 or more
   */
  public O betas(double first, double second) {
    checkDetached();
    beta1 = fraction("first beta", first);
    beta2 = fraction("second beta", second);
    return self();
  }

  /**
   * Sets what is added to the denominator; at first 1e-8.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public O eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return self();
  }

  /**
   * Sets the weight decay.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public O weightDecay(double value) {
    setDefaultWeightDecay(value);
    return self();
  }

  final void setDecoupled(boolean on) {
    checkDetached();
    decoupled = on;
  }

  final boolean isDecoupled() {
    return decoupled;
  }

  final double beta2() {
    return beta2;
  }

  final double eps() {
    return eps;
  }

  @Override
  final double ownMomentum() {
    return beta1;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP);
  }

  @Override
  int hyperCount() {
    return 2;
  }

  @Override
  List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  public final String toString() {
    return described("betas " + beta1 + " " + beta2 + ", eps " + eps);
  }
}

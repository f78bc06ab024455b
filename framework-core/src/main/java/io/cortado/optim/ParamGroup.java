package io.cortado.optim;

import io.cortado.nn.Parameter;
import java.util.function.Predicate;

/** Parameters that an optimizer treats with a learning rate and weight decay of their own. */
public final class ParamGroup {

  private final String owner;
  private final Predicate<Parameter> members;
  private final double initialLr;
  private double lr;
  private double weightDecay;
  private double momentum = Double.NaN; // the optimizer's own

  ParamGroup(String owner, Predicate<Parameter> members, double lr) {
    this.owner = owner;
    this.members = members;
    this.initialLr = OptionChecks.nonNegative(owner, "learning rate", lr);
    this.lr = lr;
  }

  boolean contains(Parameter p) {
    return members.test(p);
  }

  /** Returns the learning rate that schedules start from. */
  public double initialLr() {
    return initialLr;
  }

  /** Returns the learning rate. */
  public double lr() {
    return lr;
  }

  /**
   * Sets the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public void setLr(double value) {
    lr = OptionChecks.nonNegative(owner, "learning rate", value);
  }

  /** Returns the weight decay. */
  public double weightDecay() {
    return weightDecay;
  }

  /** Returns the momentum that a schedule has set, or the optimizer's own. */
  double momentumOr(double own) {
    return Double.isNaN(momentum) ? own : momentum;
  }

  void setMomentum(double value) {
    momentum = value;
  }

  void setWeightDecay(double value) {
    weightDecay = OptionChecks.nonNegative(owner, "weight decay", value);
  }
}

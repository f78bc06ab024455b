package io.cortado.optim;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.nn.ParameterStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Adam and AdamW have in common: all but where the weight decay acts. */
abstract sealed class AdamBase extends Optimizer permits Adam, AdamW {

  private final boolean decoupled;
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double eps = 1e-8;
  private @Nullable Buffer m;
  private @Nullable Buffer v;
  private @Nullable AdamSpec lastSpec;

  AdamBase(double lr, boolean decoupled) {
    super(lr);
    this.decoupled = decoupled;
  }

  final void setBetas(double first, double second) {
    checkDetached();
    beta1 = checkFraction("first beta", first);
    beta2 = checkFraction("second beta", second);
  }

  final void setEps(double value) {
    checkDetached();
    eps = checkNonNegative("eps", value);
  }

  @Override
  final void allocate(ParameterStore s) {
    m = zeros(s);
    v = zeros(s);
  }

  @Override
  final void prepare(Run run, ParamGroup group) {
    run.hyper(AdamSpec.LR, group.lr());
    run.hyper(AdamSpec.DECAY_FACTOR, 1 - group.lr() * group.weightDecay());
  }

  @Override
  final void update(Run run, ParamGroup group) {
    run.backend()
        .adam(
            spec(run.size, group),
            run.hyper(),
            run.nextStep(),
            run.skip,
            run.values,
            run.gradients,
            run.state.get(0),
            run.state.get(1));
  }

  private AdamSpec spec(long n, ParamGroup group) {
    double first = momentum(group);
    float decay = (float) group.weightDecay();
    AdamSpec s = lastSpec;
    if (s == null || s.n() != n || s.weightDecay() != decay || s.beta1() != first) {
      s = new AdamSpec(n, first, beta2, (float) eps, decay, decoupled);
      lastSpec = s;
    }
    return s;
  }

  @Override
  final double ownMomentum() {
    return beta1;
  }

  @Override
  final boolean countsSteps() {
    return true;
  }

  @Override
  final int hyperCount() {
    return AdamSpec.COUNT;
  }

  @Override
  final List<Buffer> stateBuffers() {
    return m == null || v == null ? List.of() : List.of(m, v);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName()
        + "(lr "
        + lr()
        + ", betas "
        + beta1
        + " "
        + beta2
        + ", eps "
        + eps
        + ")";
  }
}

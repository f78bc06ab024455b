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
  final void update(Run run, ParamGroup group, int step) {
    double correction1 = 1 - Math.pow(beta1, step + 1);
    double correction2 = 1 - Math.pow(beta2, step + 1);
    run.hyper(AdamSpec.STEP_SIZE, group.lr() / correction1);
    run.hyper(AdamSpec.INV_SQRT_CORRECTION2, 1 / Math.sqrt(correction2));
    run.hyper(AdamSpec.DECAY_FACTOR, 1 - group.lr() * group.weightDecay());
    run.backend()
        .adam(
            spec(run.size, group.weightDecay()),
            run.hyper(),
            run.values,
            run.gradients,
            run.state.get(0),
            run.state.get(1));
  }

  private AdamSpec spec(long n, double weightDecay) {
    AdamSpec s = lastSpec;
    if (s == null || s.n() != n || s.weightDecay() != (float) weightDecay) {
      s = new AdamSpec(n, beta1, beta2, (float) eps, (float) weightDecay, decoupled);
      lastSpec = s;
    }
    return s;
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

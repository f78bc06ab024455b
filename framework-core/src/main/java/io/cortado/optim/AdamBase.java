package io.cortado.optim;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Adam and AdamW have in common: all but where the weight decay acts.
 *
 * <p>The plain form is a kernel that each backend has of its own; the others are programs.
 *
 * @param <O> the optimizer itself
 */
abstract sealed class AdamBase<O extends AdamBase<O>> extends MomentsOptimizer<O>
    permits Adam, AdamW {

  private boolean amsgrad;
  private @Nullable AdamSpec lastSpec;

  AdamBase(double lr, boolean decoupled) {
    super(lr, decoupled);
  }

  /**
   * Divides by the largest second moment so far, so that the steps' sizes do not grow again.
   *
   * @see <a href="https://openreview.net/forum?id=ryQu7f-RZ">Reddi et al., On the Convergence of
   *     Adam and Beyond (2018)</a>
   */
  public O amsgrad(boolean on) {
    checkDetached();
    amsgrad = on;
    return self();
  }

  private boolean hasKernel() {
    return !amsgrad && !maximizes();
  }

  @Override
  void update(Run run, ParamGroup group) {
    if (!hasKernel()) {
      super.update(run, group);
      return;
    }
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
      s = new AdamSpec(n, first, beta2(), (float) eps(), decay, isDecoupled());
      lastSpec = s;
    }
    return s;
  }

  @Override
  final List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    return List.of(
        t,
        hyper.get(LR).div(correction(momentum(group), t)),
        correction(beta2(), t).rsqrt(),
        hyper.get(DECAY_FACTOR));
  }

  @Override
  final List<Expr> step(Element e, ParamGroup group) {
    Expr g = isDecoupled() ? descent(e) : penalised(e, group);
    Expr p = isDecoupled() ? e.p().mul(e.numbers().get(2)) : e.p();
    Expr m = mean(momentum(group), e.state().get(0), g);
    Expr v = mean(beta2(), e.state().get(1), g.square());
    List<Expr> results = new ArrayList<>(List.of(m, v));
    Expr largest = v;
    if (amsgrad) {
      largest = e.state().get(2).maximum(v);
      results.add(largest);
    }
    Expr denominator = largest.sqrt().mul(e.numbers().get(1)).add((float) eps());
    results.addFirst(p.sub(e.numbers().get(0).mul(m).div(denominator)));
    return results;
  }

  @Override
  final boolean countsSteps() {
    return hasKernel();
  }

  @Override
  final List<String> keptNames() {
    return hasKernel() ? List.of() : List.of(STEP);
  }

  @Override
  final int sharedCount() {
    return hasKernel() ? 0 : 3;
  }

  @Override
  final int hyperCount() {
    return AdamSpec.COUNT;
  }

  @Override
  final List<String> stateNames() {
    return amsgrad
        ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
        : List.of("exp_avg", "exp_avg_sq");
  }
}

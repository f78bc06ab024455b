package io.cortado.cpu.kernels;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what was worked out for a spec.
 *
 * @param <S> the spec
 * @param <P> the plan
 */
final class PlanCache<S, P> {

  /** Far above what a network has; only shapes that change without end come to it. */
  private static final int LIMIT = 4096;

  private final Map<S, P> plans = new HashMap<>();
  private final Function<S, P> planner;

  PlanCache(Function<S, P> planner) {
    this.planner = planner;
  }

  P get(S spec) {
    P plan = plans.get(spec);
    if (plan == null) {
      if (plans.size() >= LIMIT) {
        plans.clear();
      }
      plan = planner.apply(spec);
      plans.put(spec, plan);
    }
    return plan;
  }
}

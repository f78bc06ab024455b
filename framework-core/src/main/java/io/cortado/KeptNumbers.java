package io.cortado;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step graph keeps of {@link HostNumbers} for its recording.
 *
 * <p>An ordinary run brings here what it needs. What the next one does not need is freed after it,
 * so that numbers made anew in each run don't pile up.
 */
final class KeptNumbers {

  private final Scope scope;
  private Map<HostNumbers, Tensor> kept = new IdentityHashMap<>();
  private Map<HostNumbers, Tensor> before = new IdentityHashMap<>(); // the run's begin
  private boolean gathering;

  KeptNumbers(Scope scope) {
    this.scope = scope;
  }

  /** Does a run that a recording may follow. */
  void gather(Runnable run) {
    before = kept;
    kept = new IdentityHashMap<>();
    gathering = true;
    try {
      run.run();
    } finally {
      gathering = false;
      before.values().forEach(t -> scope.free(t.buffer()));
      before = new IdentityHashMap<>();
    }
  }

  /** Returns numbers that are kept, or are from now on; null for those that the step has to own. */
  @Nullable Tensor find(HostNumbers numbers) {
    Tensor t = kept.get(numbers);
    if (t == null && gathering) {
      Tensor earlier = before.remove(numbers);
      t = earlier == null ? numbers.in(scope) : earlier;
      kept.put(numbers, t);
    }
    return t;
  }
}

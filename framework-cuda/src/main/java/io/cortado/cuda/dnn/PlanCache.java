package io.cortado.cuda.dnn;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Plans by the spec that they are for: made at the first use, destroyed when the cache is closed.
 *
 * <p>Of very many specs (a batch of another size at each step) those not used for longest are
 * destroyed. That is safe while work that they described is queued: cuDNN reads descriptors during
 * the call.
 */
final class PlanCache<K, P> implements AutoCloseable {

  /** More specs than any network has layers, and few enough to hold. */
  static final int LIMIT = 1024;

  private record Entry<P>(P plan, Descriptors descriptors) {}

  private final BiFunction<K, Descriptors, P> make;
  private final LinkedHashMap<K, Entry<P>> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** Makes an empty cache; plans are made of a spec and the set that owns its descriptors. */
  PlanCache(BiFunction<K, Descriptors, P> make) {
    this.make = make;
  }

  P get(K spec) {
    Entry<P> entry = entries.get(spec);
    if (entry == null) {
      entry = entryOf(spec);
      entries.put(spec, entry);
      if (entries.size() > LIMIT) {
        Iterator<Map.Entry<K, Entry<P>>> oldest = entries.entrySet().iterator();
        Descriptors descriptors = oldest.next().getValue().descriptors();
        oldest.remove();
        descriptors.close();
      }
    }
    return entry.plan();
  }

  private Entry<P> entryOf(K spec) {
    Descriptors descriptors = new Descriptors(spec);
    try {
      return new Entry<>(make.apply(spec, descriptors), descriptors);
    } catch (RuntimeException e) {
      try {
        descriptors.close();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Returns how many plans there are. */
  int size() {
    return entries.size();
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (Entry<P> entry : entries.values()) {
      try {
        entry.descriptors().close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    entries.clear();
    if (failure != null) {
      throw failure;
    }
  }
}

package io.cortado.observe;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.nn.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures how long each operation of training steps takes, by layer.
 *
 * <pre>{@code
 * Profiler profiler = new Profiler(model);
 * device.observe(profiler);
 * Trainer.of(model)...fit(train);
 * device.observe(null);
 * System.out.println(profiler.report());
 * }</pre>
 *
 * <p>{@link io.cortado.train.ProfileSteps} does this for some steps of a training. An operation is
 * one call of the {@link Backend}; on a device that runs them asynchronously each is waited for, so
 * that steps take longer than without. What an optimizer calls is told apart if it is attached
 * after {@link Device#observe}; its time as a whole is always.
 *
 * @see <a href="https://pytorch.org/docs/stable/profiler.html">torch.profiler</a>
 */
public final class Profiler implements StepObserver {

  static final String LOSS = "(loss)";
  static final String OPTIMIZER = "(optimizer)";

  private static final int MOST_EVENTS = 200_000;

  /** What was run. */
  record Key(StepPhase phase, String layer, String operation) implements Comparable<Key> {
    @Override
    public int compareTo(Key o) {
      int byPhase = phase.compareTo(o.phase);
      int byLayer = byPhase != 0 ? byPhase : layer.compareTo(o.layer);
      return byLayer != 0 ? byLayer : operation.compareTo(o.operation);
    }
  }

  /** How often and how long. */
  static final class Time {
    long calls;
    long nanos;
  }

  /** Something that took from one time to another; a layer's first operation says its path. */
  record Event(StepPhase phase, String layer, String operation, long begin, long end) {}

  private final LayerPaths paths;
  private final Map<Key, Time> times = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private final long[] phases = new long[StepPhase.values().length];
  private final List<String> places = new ArrayList<>();
  private StepPhase phase = StepPhase.FORWARD;
  private String replayed = LOSS;
  private boolean measuring;
  private long phaseBegin;
  private long stepBegin;
  private long stepNanos;
  private long operations; // nanoseconds
  private int steps;

  /** Makes one for the steps of a model's training. */
  public Profiler(Module model) {
    paths = new LayerPaths(model);
  }

  @Override
  public Backend around(Backend backend) {
    return new TimedBackend(backend, this);
  }

  boolean isMeasuring() {
    return measuring;
  }

  void ran(String operation, long begin, long end) {
    String layer =
        switch (phase) {
          case FORWARD -> paths.current();
          case LOSS -> LOSS;
          case BACKWARD -> replayed;
          case OPTIMIZER -> OPTIMIZER;
        };
    Time t = times.computeIfAbsent(new Key(phase, layer, operation), k -> new Time());
    t.calls++;
    t.nanos += end - begin;
    operations += end - begin;
    if (events.size() < MOST_EVENTS) {
      events.add(new Event(phase, layer, operation, begin, end));
    }
  }

  @Override
  public void phase(StepPhase begun) {
    long now = System.nanoTime();
    if (begun == StepPhase.FORWARD) {
      stepBegin = now;
      measuring = true;
    } else {
      phases[phase.ordinal()] += now - phaseBegin;
    }
    phase = begun;
    phaseBegin = now;
    replayed = LOSS;
    paths.reset();
  }

  @Override
  public void stepEnds() {
    if (measuring) {
      long now = System.nanoTime();
      phases[phase.ordinal()] += now - phaseBegin;
      stepNanos += now - stepBegin;
      steps++;
      measuring = false;
    }
    places.clear();
  }

  @Override
  public void entered(Object module) {
    paths.enter(module);
  }

  @Override
  public void left(Object module) {
    paths.leave();
  }

  @Override
  public void uses(Object parameter) {
    paths.uses(parameter);
  }

  @Override
  public int place() {
    places.add(phase == StepPhase.LOSS ? LOSS : paths.current());
    return places.size() - 1;
  }

  @Override
  public void replays(String operation, Tensor output, int place) {
    replayed = place < places.size() ? places.get(place) : LOSS;
  }

  /** Returns what was measured so far. */
  public ProfileReport report() {
    return ProfileReport.of(times, phases, events, paths, steps, stepNanos, operations);
  }
}

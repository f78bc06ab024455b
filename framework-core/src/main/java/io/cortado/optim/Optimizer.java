package io.cortado.optim;

import io.cortado.DType;
import io.cortado.StepGraph;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RecordingException;
import io.cortado.internal.DeviceCounter;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes parameters by their gradients.
 *
 * <pre>{@code
 * Optimizer optimizer = new Adam(1e-3).attach(model);
 * ...
 * loss.backward();
 * optimizer.step();
 * }</pre>
 *
 * <p>A step uses the gradients up: the next backward pass overwrites them, and no {@code zeroGrad}
 * is needed. Backward passes between two steps add up. As in PyTorch, a parameter without a
 * gradient is left alone, its momentum and weight decay too.
 */
public abstract class Optimizer {

  private final ParamGroup defaults;
  private final List<ParamGroup> groups = new ArrayList<>();
  private @Nullable ParameterStore store;
  private ParamGroup[] groupOf = {};
  private int[] steps = {}; // how many each parameter has taken
  private List<Run> runs = List.of();

  Optimizer(double lr) {
    defaults = new ParamGroup(p -> true, lr, 0);
    groups.add(defaults);
  }

  static double checkLr(double lr) {
    return checkNonNegative("learning rate", lr);
  }

  static double checkNonNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "the " + what + " is " + value + ", it has to be a number of 0 or more");
    }
    return value;
  }

  static double checkFraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "the " + what + " is " + value + ", it has to be at least 0 and below 1");
    }
    return value;
  }

  final void setDefaultWeightDecay(double value) {
    checkDetached();
    defaults.setWeightDecay(value);
  }

  /** Complains about an option that comes after the optimizer has been put to use. */
  final void checkDetached() {
    if (store != null) {
      throw new IllegalStateException("options of an optimizer have to be set before attach");
    }
  }

  /**
   * Gives some parameters a learning rate and weight decay of their own; of several groups the
   * first that fits counts.
   *
   * @param members which parameters, by name or otherwise
   */
  public Optimizer group(Predicate<Parameter> members, double lr, double weightDecay) {
    checkDetached();
    ParamGroup g = new ParamGroup(members, lr, 0);
    g.setWeightDecay(weightDecay);
    groups.add(groups.size() - 1, g);
    return this;
  }

  /**
   * Gives the parameters of one part of the model a learning rate and weight decay of their own.
   */
  public Optimizer group(Module part, double lr, double weightDecay) {
    List<Parameter> members = part.parameters();
    return group(members::contains, lr, weightDecay);
  }

  /** Returns the groups; the last is the one of all parameters that are in no other. */
  public final List<ParamGroup> groups() {
    return List.copyOf(groups);
  }

  /**
   * Puts this optimizer to work on a model.
   *
   * @throws IllegalStateException if it has one already, or the model was not initialised
   */
  public Optimizer attach(Module model) {
    checkDetached();
    ParameterStore s = model.store();
    List<Parameter> ps = s.parameters();
    groupOf = new ParamGroup[ps.size()];
    steps = new int[ps.size()];
    for (int i = 0; i < groupOf.length; i++) {
      Parameter p = ps.get(i);
      groupOf[i] = groups.stream().filter(g -> g.contains(p)).findFirst().orElse(defaults);
    }
    store = s;
    allocate(s);
    return this;
  }

  /**
   * Allocates the state of all parameters, in flat buffers that are laid out as the parameters are.
   */
  abstract void allocate(ParameterStore s);

  /** Makes one more flat buffer of zeros. */
  static Buffer zeros(ParameterStore s) {
    Buffer b = s.device().root().scratch(DType.FLOAT32, s.size());
    s.device().backend().fill(b, s.size(), 0);
    return b;
  }

  final ParameterStore store() {
    ParameterStore s = store;
    if (s == null) {
      throw new IllegalStateException("this optimizer has no model yet: call attach(model) first");
    }
    return s;
  }

  /** Returns the learning rate of the parameters that are in no group of their own. */
  public final double lr() {
    return defaults.lr();
  }

  /**
   * Sets the learning rate of the parameters that are in no group of their own.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public final void setLr(double lr) {
    defaults.setLr(lr);
  }

  /**
   * Sets each group's learning rate to what a schedule says for its initial one, and the momentum
   * if the schedule cycles that.
   *
   * @param t how many epochs or steps have been done; 0 before the first
   * @throws IllegalArgumentException if t is negative, the schedule comes to a rate that is none,
   *     or cycles a momentum that this optimizer does not have
   */
  public final void schedule(LRSchedule schedule, long t) {
    for (int i = 0; i < groups.size(); i++) {
      schedule(groups.get(i), schedule, t);
    }
  }

  /**
   * Sets the learning rates, with a schedule for each group, in the order of {@link #groups()}.
   *
   * @throws IllegalArgumentException if there are more or fewer schedules than groups
   * @see #schedule(LRSchedule, long)
   */
  public final void schedule(List<? extends LRSchedule> schedules, long t) {
    if (schedules.size() != groups.size()) {
      throw new IllegalArgumentException(
          "schedule: "
              + schedules.size()
              + " schedules for "
              + groups.size()
              + " parameter groups; give one for each, in the order of groups(), the last for the"
              + " parameters that are in no other");
    }
    for (int i = 0; i < groups.size(); i++) {
      schedule(groups.get(i), schedules.get(i), t);
    }
  }

  private void schedule(ParamGroup group, LRSchedule schedule, long t) {
    if (t < 0) {
      throw new IllegalArgumentException(
          "schedule: t is " + t + "; it counts epochs or steps done, from 0");
    }
    double lr = Scheduled.lr(schedule, group, t);
    if (schedule.cyclesMomentum()) {
      group.setMomentum(Scheduled.momentum(schedule, ownMomentum(), t, this));
    }
    group.setLr(lr);
  }

  /**
   * Returns the momentum that schedules may cycle, as the options set it; NaN or 0 if there is
   * none.
   */
  double ownMomentum() {
    return Double.NaN;
  }

  /**
   * Returns a group's momentum, as a schedule may have set it: SGD's momentum, Adam's first beta.
   * NaN if this optimizer has none.
   */
  public final double momentum(ParamGroup group) {
    return group.momentumOr(ownMomentum());
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    store().zeroGrad();
  }

  /** Changes the parameters by their gradients, and uses the gradients up. */
  public final void step() {
    step(null);
  }

  /**
   * Takes a step unless a flag in device memory says that it is to change nothing.
   *
   * @param skip null for a step that is always taken
   */
  final void step(@Nullable Buffer skip) {
    ParameterStore s = store();
    List<Parameter> ps = s.parameters();
    StepGraph graph = s.device().recordingGraph();
    if (!fits(runs, ps)) {
      if (graph != null) {
        throw new RecordingException(
            "optimizer.step: other parameters have gradients than in the step before");
      }
      recount();
      runs = plan(s);
    }
    if (graph != null) { // what the host has to do comes with each replay
      graph.add(new HostPart(runs));
      update(skip);
    } else {
      prepare();
      update(skip);
      count();
    }
    s.zeroGrad();
  }

  /** Brings the device's copy of what the host decides up to date. */
  private void prepare() {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      prepare(run, groupOf[run.first]);
      run.upload(countsSteps() ? steps[run.first] : Run.UNCOUNTED);
    }
  }

  private void update(@Nullable Buffer skip) {
    List<Parameter> ps = store().parameters();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      run.skip = skip;
      update(run, groupOf[run.first]);
      for (int k = run.first; k < run.end; k++) {
        ps.get(k).value().markOverwritten();
      }
    }
  }

  private void count() {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      for (int k = run.first; k < run.end; k++) {
        steps[k]++;
      }
    }
  }

  /**
   * Takes over from the device how many steps were taken, where the host cannot know; waits for it.
   */
  private void recount() {
    for (Run run : runs) {
      if (run.skip != null && countsSteps()) {
        Arrays.fill(steps, run.first, run.end, Math.toIntExact(run.stepsTaken()));
      }
    }
  }

  /**
   * Returns how many steps a parameter has taken, without skipped ones; may wait for the device.
   */
  final int stepsTaken(Parameter p) {
    recount();
    return steps[store().parameters().indexOf(p)];
  }

  /** What of a step is not part of a recorded graph. */
  private final class HostPart implements StepGraph.HostPart {

    private final List<Run> recorded;
    private final double[] momenta; // part of the recorded calls, unlike learning rates

    HostPart(List<Run> recorded) {
      this.recorded = recorded;
      this.momenta = new double[recorded.size()];
      Arrays.setAll(momenta, i -> momentum(groupOf[recorded.get(i).first]));
    }

    @Override
    public boolean fits() {
      if (runs != recorded) {
        return false;
      }
      for (int i = 0; i < momenta.length; i++) {
        if (Double.compare(momenta[i], momentum(groupOf[runs.get(i).first])) != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void beforeReplay() {
      prepare();
    }

    @Override
    public void afterReplay() {
      for (int i = 0; i < runs.size(); i++) {
        runs.get(i).replayed(countsSteps());
      }
      count();
    }
  }

  /** Sets the hyper-parameters of a run. */
  abstract void prepare(Run run, ParamGroup group);

  /** Moves the parameters of a run. */
  abstract void update(Run run, ParamGroup group);

  /** Says whether {@link #update} asks for {@link Run#nextStep()}. */
  abstract boolean countsSteps();

  /**
   * Says whether the runs planned before are those of this step: their parameters have gradients,
   * and no others do.
   */
  private boolean fits(List<Run> planned, List<Parameter> ps) {
    int next = 0;
    for (int i = 0; i < planned.size(); i++) {
      Run run = planned.get(i);
      for (int k = next; k < run.first; k++) {
        if (ps.get(k).value().hasGrad()) {
          return false;
        }
      }
      for (int k = run.first; k < run.end; k++) {
        if (!ps.get(k).value().hasGrad() || steps[k] != steps[run.first]) {
          return false;
        }
      }
      next = run.end;
    }
    for (int k = next; k < ps.size(); k++) {
      if (ps.get(k).value().hasGrad()) {
        return false;
      }
    }
    return true;
  }

  private List<Run> plan(ParameterStore s) {
    List<Run> planned = new ArrayList<>();
    List<Parameter> ps = s.parameters();
    int first = 0;
    while (first < ps.size()) {
      if (!ps.get(first).value().hasGrad()) {
        first++;
        continue;
      }
      int end = first + 1;
      while (end < ps.size()
          && ps.get(end).value().hasGrad()
          && groupOf[end] == groupOf[first]
          && steps[end] == steps[first]) {
        end++;
      }
      planned.add(new Run(s, first, end, hyperCount(), stateBuffers()));
      first = end;
    }
    runs.forEach(Run::free);
    return planned;
  }

  /** Returns how many numbers change from step to step. */
  abstract int hyperCount();

  /** Returns the flat buffers of the state. */
  abstract List<Buffer> stateBuffers();

  /** Neighbouring parameters that are updated by one call. */
  static final class Run {

    /** The number of steps of those who do not count them. */
    static final long UNCOUNTED = -1;

    private final Backend backend;
    private final ParameterStore store;
    private final int first;
    private final int end;
    private final float[] hyper;
    private final float[] uploaded;
    private final Buffer deviceHyper;
    private final DeviceCounter deviceStep;
    @Nullable Buffer skip;
    final long size;
    final Buffer values;
    final Buffer gradients;
    final List<Buffer> state;

    Run(ParameterStore s, int first, int end, int hyperCount, List<Buffer> flat) {
      this.store = s;
      this.backend = s.device().backend();
      this.first = first;
      this.end = end;
      long offset = s.parameters().get(first).offset();
      this.size = s.end(end - 1) - offset;
      this.values = backend.slice(s.values(), offset, size);
      this.gradients = backend.slice(s.gradients(), offset, size);
      this.state = flat.stream().map(b -> backend.slice(b, offset, size)).toList();
      this.hyper = new float[hyperCount];
      this.uploaded = new float[hyperCount];
      Arrays.fill(uploaded, Float.NaN);
      this.deviceHyper = s.device().root().scratch(DType.FLOAT32, hyperCount);
      this.deviceStep =
          new DeviceCounter(backend, s.device().root().scratch(DType.INT32, DeviceCounter.WORDS));
    }

    Backend backend() {
      return backend;
    }

    void hyper(int index, double value) {
      hyper[index] = (float) value;
    }

    /** Returns the numbers set by {@link #hyper(int, double)} in device memory. */
    Buffer hyper() {
      return deviceHyper;
    }

    /**
     * Copies to the device what it does not know yet: hyper-parameters when one of them has
     * changed, and the number of steps if somebody set it.
     */
    void upload(long step) {
      if (!Arrays.equals(hyper, uploaded)) {
        backend.upload(hyper, 0, deviceHyper, 0, hyper.length);
        System.arraycopy(hyper, 0, uploaded, 0, hyper.length);
      }
      if (step != UNCOUNTED) {
        deviceStep.set(step);
      }
    }

    /** Counts a step on the device, and returns its number, from 1. */
    Buffer nextStep() {
      if (store.device().recordingGraph() == null) {
        deviceStep.advance(skip);
      } else {
        deviceStep.record(skip);
      }
      return deviceStep.buffer();
    }

    /** Returns the device's count of steps; waits for it. */
    long stepsTaken() {
      return deviceStep.read();
    }

    void replayed(boolean counted) {
      if (counted) {
        deviceStep.advanced();
      }
    }

    void free() {
      store.device().root().free(deviceHyper);
      store.device().root().free(deviceStep.buffer());
    }
  }
}

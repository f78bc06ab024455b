package io.cortado.optim;

import io.cortado.DType;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.backend.RecordingException;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
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

  /** The name of a count of steps among the numbers that are kept. */
  static final String STEP = "step";

  private final ParamGroup defaults;
  private final List<ParamGroup> groups = new ArrayList<>();
  private @Nullable ParameterTable table;
  private List<Run> runs = List.of();
  private @Nullable OptimizerState state;

  Optimizer(double lr) {
    defaults = new ParamGroup(name(), p -> true, lr);
    groups.add(defaults);
  }

  /** Returns the name that messages begin with. */
  final String name() {
    return getClass().getSimpleName();
  }

  final double nonNegative(String what, double value) {
    return OptionChecks.nonNegative(name(), what, value);
  }

  final double fraction(String what, double value) {
    return OptionChecks.fraction(name(), what, value);
  }

  final void setDefaultWeightDecay(double value) {
    checkDetached();
    defaults.setWeightDecay(value);
  }

  /** Complains about an option that comes after the optimizer has been put to use. */
  final void checkDetached() {
    if (table != null) {
      throw new IllegalStateException(name() + ": options have to be set before attach");
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
    checkGroup(weightDecay);
    ParamGroup g = new ParamGroup(name(), members, lr);
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

  /** Complains about a group of parameters, or its weight decay, that there cannot be. */
  void checkGroup(double weightDecay) {}

  /** Returns the groups; the last is the one of all parameters that are in no other. */
  public final List<ParamGroup> groups() {
    return List.copyOf(groups);
  }

  /**
   * Puts this optimizer to work on a model.
   *
   * @throws IllegalStateException if it has one already, or the model was not initialised
   * @throws IllegalArgumentException if an option does not go with another, or with the model
   */
  public Optimizer attach(Module model) {
    return attach(model, _ -> true);
  }

  /**
   * Puts this optimizer to work on some parameters of a model; those of others are another
   * optimizer's, and their gradients stay.
   *
   * {@snippet :
   * Optimizer matrices = new Muon(0.02).attach(model, p -> p.shape().rank() == 2);
   * Optimizer others = new AdamW(1e-3).attach(model, p -> p.shape().rank() != 2);
   * }
   *
   * @throws IllegalStateException if it has a model already, or the model was not initialised
   * @throws IllegalArgumentException if an option does not go with another, or with the parameters
   */
  public Optimizer attach(Module model, Predicate<Parameter> which) {
    if (table != null) {
      throw new IllegalStateException(
          name()
              + " is attached to a model already; make another one for this, and give Trainer one that is not");
    }
    ParameterStore s = model.store();
    List<Parameter> ps = s.parameters();
    boolean[] owned = new boolean[ps.size()];
    ParamGroup[] group = new ParamGroup[ps.size()];
    check();
    for (int i = 0; i < group.length; i++) {
      Parameter p = ps.get(i);
      owned[i] = which.test(p);
      group[i] = groups.stream().filter(g -> g.contains(p)).findFirst().orElse(defaults);
      if (owned[i]) {
        check(p);
      }
    }
    ParameterTable made = new ParameterTable(this, s, owned, group);
    table = made; // which what is allocated may depend on
    boolean allocated = false;
    try {
      allocate(s);
      allocated = true;
    } finally {
      if (!allocated) {
        table = null;
      }
    }
    return this;
  }

  /** Complains about options that do not go with each other. */
  void check() {}

  /** Complains about a parameter that this optimizer cannot change. */
  void check(Parameter p) {}

  /** Returns what it makes of gradients of some rows alone, of parameters of a group. */
  SparseUse rows(ParamGroup group) {
    return SparseUse.REFUSED;
  }

  /** Says whether it takes gradients of all rows. */
  boolean takesDense() {
    return true;
  }

  /** Says whether a parameter is this optimizer's. */
  final boolean owns(int parameter) {
    return table().owns(parameter);
  }

  /** Says whether a parameter of this optimizer has a gradient. */
  final boolean hasGradients() {
    List<Parameter> ps = store().parameters();
    for (int i = 0; i < ps.size(); i++) {
      if (owns(i) && ps.get(i).value().hasGrad()) {
        return true;
      }
    }
    return false;
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
    return table().store();
  }

  private ParameterTable table() {
    ParameterTable t = table;
    if (t == null) {
      throw new IllegalStateException(
          name() + ": this optimizer has no model yet: call attach(model) first");
    }
    return t;
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

  /** Forgets the gradients of all parameters that it changes. */
  public final void zeroGrad() {
    table().zeroGrad();
  }

  /** Changes the parameters by their gradients, and uses the gradients up. */
  public final void step() {
    step(null);
  }

  /** Complains if this optimizer takes no such steps. */
  void checkStep() {}

  /**
   * Takes a step unless a flag in device memory says that it is to change nothing.
   *
   * @param skip null for a step that is always taken
   */
  final void step(@Nullable Buffer skip) {
    checkStep();
    ParameterTable t = table();
    t.checkGradients();
    StepGraph graph = t.store().device().recordingGraph();
    if (!t.fits(runs)) {
      if (graph != null) {
        throw new RecordingException(
            "optimizer.step: other parameters have gradients than in the step before");
      }
      t.recount(runs);
      replan(t::isDue);
    }
    if (graph != null) { // what the host has to do comes with each replay
      graph.add(new HostPart(runs));
      update(skip);
    } else {
      prepare();
      update(skip);
      t.count(runs);
    }
    t.zeroGrad();
  }

  private void replan(IntPredicate due) {
    List<Run> planned = table().plan(due);
    runs.forEach(Run::free);
    runs = planned;
  }

  /** Brings the device's copy of what the host decides up to date. */
  private void prepare() {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      prepare(run, table().group(run));
      run.upload(countsSteps() ? table().steps(run.first) : Run.UNCOUNTED);
    }
  }

  private void update(@Nullable Buffer skip) {
    List<Parameter> ps = store().parameters();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      run.skip(skip);
      update(run, table().group(run));
      for (int k = run.first; k < run.end; k++) {
        ps.get(k).value().markOverwritten();
      }
    }
  }

  /**
   * Returns how many steps a parameter has taken, without skipped ones; may wait for the device.
   */
  final int stepsTaken(Parameter p) {
    table().recount(runs);
    int i = store().parameters().indexOf(p);
    int step = keptNames().indexOf(STEP);
    return step < 0 ? table().steps(i) : (int) table().kept(i, step);
  }

  /** What of a step is not part of a recorded graph. */
  private final class HostPart implements StepGraph.HostPart {

    private final List<Run> recorded;
    private final double[] momenta; // part of the recorded calls, unlike learning rates

    HostPart(List<Run> recorded) {
      this.recorded = recorded;
      this.momenta = new double[recorded.size()];
      Arrays.setAll(momenta, i -> momentum(table().group(recorded.get(i))));
    }

    @Override
    public boolean fits() {
      if (runs != recorded) {
        return false;
      }
      for (int i = 0; i < momenta.length; i++) {
        if (Double.compare(momenta[i], momentum(table().group(runs.get(i)))) != 0) {
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
      table().count(runs);
    }
  }

  /** Sets the hyper-parameters of a run. */
  void prepare(Run run, ParamGroup group) {}

  /** Moves the parameters of a run: by its calls, which are made where they do not fit. */
  void update(Run run, ParamGroup group) {
    double momentum = momentum(group);
    RunCalls calls = run.calls;
    if (calls == null || !calls.isOf(momentum, run.skip, run.rowCount())) {
      calls = new RunCalls(momentum, run.skip, run.rowCount(), calls(run, group));
      run.calls = calls;
    }
    calls.run(store().device().backend());
  }

  /** Makes the calls of a run, in order. */
  List<RunCalls.Call> calls(Run run, ParamGroup group) {
    return List.of();
  }

  /** Says whether {@link #update} asks for {@link Run#nextStep()}. */
  boolean countsSteps() {
    return false;
  }

  /** Returns how many numbers change from step to step. */
  int hyperCount() {
    return 0;
  }

  /** Returns the flat buffers of the state. */
  List<Buffer> stateBuffers() {
    return List.of();
  }

  /** Returns PyTorch's names of the flat buffers. */
  List<String> stateNames() {
    return List.of();
  }

  /**
   * Returns the names of the numbers that a parameter's step leaves to its next one, which live on
   * the device; none by default.
   */
  List<String> keptNames() {
    return List.of();
  }

  /** Returns these numbers as they are before the first step. */
  float[] firstNumbers() {
    return new float[keptNames().size()];
  }

  /** Returns how many numbers a step computes of these and the hyper-parameters. */
  int sharedCount() {
    return 0;
  }

  // ---------------------------------------------------------------- state

  /**
   * Returns everything that has to be saved with the parameters for training to go on with the same
   * bits: {@code <parameter>.<name>}, the names being those of PyTorch's {@code state_dict}.
   *
   * <p>The tensors are the optimizer's own: setting them changes it, and {@link #stateLoaded} has
   * to be called after that. What counts steps is a copy, brought up to date by this method, which
   * waits for the device. Learning rates are not in it: schedules are functions of the time.
   *
   * @throws IllegalStateException if this optimizer has no model yet
   */
  public final Map<String, Tensor> stateDict() {
    table().recount(runs);
    stateToTensors();
    return state().tensors();
  }

  /** Tells this optimizer that the tensors of {@link #stateDict} have been set. */
  public final void stateLoaded() {
    state().takeOver();
    stateFromTensors();
    List<Run> before = runs;
    // At once: a step that is recorded next cannot.
    replan(i -> before.stream().anyMatch(run -> run.first <= i && i < run.end));
  }

  private OptimizerState state() {
    OptimizerState s = state;
    if (s == null) {
      s = new OptimizerState(this, table());
      state = s;
    }
    return s;
  }

  /** Returns what of a parameter's state is not in flat buffers, by PyTorch's names. */
  Map<String, Tensor> ownState(int parameter) {
    return Map.of();
  }

  /** Brings state that lives on the host into the tensors of {@link #ownState}. */
  void stateToTensors() {}

  /** Takes over state that lives on the host from these tensors. */
  void stateFromTensors() {}
}

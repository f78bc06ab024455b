package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.internal.Backends;
import io.cortado.internal.Logs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A place where tensors live and are computed with: the CPU, or one GPU.
 *
 * <p>A device is used by one thread at a time; two threads that each train a model have a device
 * each. Closing it frees everything that lives on it.
 */
public final class Device implements AutoCloseable {

  private static final Logger LOG = Logs.of(Device.class);

  private final Backend own;
  private Backend backend; // own, or what an observer has put in front of it
  private @Nullable DeviceObserver observer;
  private final Scope root;
  private final RandomState random;
  private final ArrayDeque<Buffer[]> storages = new ArrayDeque<>(4);
  private final ArrayDeque<Tape> tapes = new ArrayDeque<>(2);
  private final List<StepGraph> graphs = new ArrayList<>();
  private @Nullable StepGraph recording;
  private @Nullable StepGraph running; // of which a step is done, recorded or not
  private @Nullable Step current;
  private final List<String> passedOver;
  private final OutsideIndices outside;
  private boolean open = true;
  private long writes; // of tensors that a backward pass may need
  private @Nullable Tape walked;

  private Device(Backend backend, List<String> passedOver) {
    this.own = backend;
    this.backend = backend;
    this.passedOver = passedOver;
    this.random = new RandomState(backend);
    this.outside = new OutsideIndices(backend);
    this.root = new Scope(this, "the device", new Buffer[16]);
  }

  /**
   * Opens the best device there is: a GPU if one is usable, else the CPU; a log line says which and
   * why.
   *
   * @throws BackendException if no backend is on the class path
   */
  public static Device best() {
    return open("auto");
  }

  /** Opens the CPU. */
  public static Device cpu() {
    return open("cpu");
  }

  /** Opens a device by name. See {@link #open(String, BackendOptions)}. */
  public static Device open(String name) {
    return open(name, BackendOptions.DEFAULTS);
  }

  /**
   * Opens a device by name; nothing ever falls back silently.
   *
   * @param name {@code "auto"}, or a backend's name such as {@code "cpu"} or {@code "cuda"}
   * @throws BackendException if it cannot be had; the message says what is missing and how to get
   *     it
   */
  public static Device open(String name, BackendOptions options) {
    Backends.Choice choice = Backends.find(name);
    Device device = new Device(choice.provider().open(options), choice.passedOver());
    LOG.info("{}", device.backend.description());
    return device;
  }

  /** Makes a device of a backend that the caller opened; closing the device closes it. */
  public static Device of(Backend backend) {
    return new Device(backend, List.of());
  }

  /** Returns the backend's name, such as {@code "cpu"}. */
  public String name() {
    return backend.name();
  }

  /** Returns the backend. */
  public Backend backend() {
    return backend;
  }

  /**
   * Returns the devices that {@code "auto"} would rather have taken, each with its name and the
   * reason why it cannot be had; empty where this one was asked for or is the best.
   */
  public List<String> passedOver() {
    return passedOver;
  }

  /** Returns where this device is in its streams of random numbers. */
  public RandomState random() {
    return random;
  }

  /**
   * Starts the streams of random numbers (dropout masks) anew; the default seed is 0.
   *
   * @see RandomState#set(long, long)
   */
  public void seed(long seed) {
    random.set(seed, 0);
  }

  /**
   * Begins a step that records operations for a backward pass.
   *
   * @throws IllegalStateException if one is open already
   */
  public Step step() {
    checkNotRecording("step");
    Tape tape = tapes.poll();
    return begin(tape == null ? new Tape() : tape);
  }

  /** Complains if a step is open that records for a backward pass. */
  void checkNotRecording(String operation) {
    for (Step s = current; s != null; s = s.outer) {
      if (s.recording()) {
        throw new IllegalStateException(
            operation
                + ": a step that records is open already on "
                + this
                + "; close it first (try-with-resources does)");
      }
    }
  }

  /** Begins a step that records nothing; it may be opened inside another. */
  public Step inference() {
    return begin(null);
  }

  private Step begin(@Nullable Tape tape) {
    checkOpen();
    if (current == null
        || tape != null) { // an inference inside a training step goes on with the step's numbers
      random.begin(tape != null);
    }
    Buffer[] storage = storages.poll();
    current = new Step(this, current, tape, storage == null ? new Buffer[128] : storage);
    return current;
  }

  /**
   * Makes a step that is recorded and replayed where this device can, as a CUDA graph is; it has to
   * be closed. See {@link StepGraph}.
   */
  public StepGraph capture(StepGraph.Body body) {
    checkOpen();
    StepGraph graph = new StepGraph(this, body);
    graphs.add(graph);
    return graph;
  }

  /** Returns the graph of which a step is being done; null for none. */
  @Nullable StepGraph runningGraph() {
    return running;
  }

  /** Says of which graph a step is being done; null for none. */
  void running(@Nullable StepGraph graph) {
    running = graph;
  }

  /** Returns the graph that is being recorded; null while operations are executed. */
  public @Nullable StepGraph recordingGraph() {
    return recording;
  }

  /**
   * Has the step's end complain if an index that the host does not know is outside of {@code 0 <=
   * index < extent}; nothing waits here.
   *
   * @param operation what uses the indices, for the message
   */
  public void expectWithin(String operation, Tensor indices, int extent) {
    outside.expect(operation, indices, extent);
  }

  OutsideIndices outside() {
    return outside;
  }

  void beginRecording(StepGraph graph) {
    recording = graph;
    graph.add(random.beginRecording());
  }

  void endRecording() {
    recording = null;
    random.endRecording();
  }

  /** Counts a change of a tensor's elements, and returns the new count. */
  long noteWrite() {
    return ++writes;
  }

  /** Returns how many times tensors' elements were changed so far. */
  long writes() {
    return writes;
  }

  /** Says which tape is walked back now; null for none. */
  void walking(@Nullable Tape tape) {
    walked = tape;
  }

  /** Complains if a backward function reads what was changed since its operation was recorded. */
  void checkUnchanged(Tensor t, long written) {
    if (walked != null) {
      walked.checkUnchanged(t, written);
    }
  }

  void closed(StepGraph graph) {
    graphs.remove(graph);
  }

  /**
   * Has an observer told of everything that is computed from now on; null for nobody, as at first.
   *
   * <p>Optimizers that were attached before keep calling the backend itself.
   *
   * @throws IllegalStateException if a step is open, or there is another observer
   */
  public void observe(@Nullable DeviceObserver by) {
    checkOpen();
    if (current != null || by != null && observer != null && by != observer) {
      throw new IllegalStateException(
          current != null
              ? "observe: a step is open on " + this + "; close it first"
              : "observe: " + this + " has an observer already; end that first, by observe(null)");
    }
    observer = by;
    backend = by == null ? own : by.around(own);
  }

  /** Returns who is told of what is computed; null for nobody. */
  public @Nullable DeviceObserver observer() {
    return observer;
  }

  /** Makes a scope whose tensors outlive steps; it has to be closed. */
  public Scope scope() {
    checkOpen();
    return new Scope(this, "the scope", new Buffer[8]);
  }

  /** Returns the scope of what lives as long as this device. */
  public Scope root() {
    return root;
  }

  /**
   * Returns the step that is open.
   *
   * @param operation what needs it, for the message
   * @throws IllegalStateException if none is, or another thread's
   */
  public Step currentStep(String operation) {
    Step s = openStep(operation);
    DeviceObserver o = observer;
    if (o != null) {
      o.begins(operation);
    }
    return s;
  }

  /** Returns the step that is open, where no operation begins. */
  Step openStep(String operation) {
    Step s = current;
    if (s == null) {
      throw new IllegalStateException(
          operation
              + ": no step is open on "
              + this
              + "; wrap the computation in try (Step step = device.step()) { ... }, or"
              + " device.inference() if nothing is trained");
    }
    s.checkThread(operation);
    return s;
  }

  /** Returns the step that is open; without one, another scope. */
  Scope stepOr(Scope other) {
    return current == null ? other : current;
  }

  void closed(Scope scope, Buffer[] storage) {
    if (scope instanceof Step step) {
      if (current != step) {
        throw new IllegalStateException(
            "steps have to be closed in the reverse order of opening, innermost first");
      }
      current = step.outer;
      storages.push(storage);
      if (step.tape != null) {
        tapes.push(step.tape);
      }
    }
  }

  /**
   * Makes a float tensor of given values, in the open step or, if there is none, for as long as the
   * device lives.
   */
  public Tensor tensor(float[] values, int... shape) {
    return here().tensor(values, shape);
  }

  /**
   * Makes an integer tensor of given values, in the open step or, if there is none, for as long as
   * the device lives.
   */
  public Tensor tensor(int[] values, int... shape) {
    return here().tensor(values, shape);
  }

  /**
   * Makes a float tensor of zeros, in the open step or, if there is none, for as long as the device
   * lives.
   */
  public Tensor zeros(int... shape) {
    return here().zeros(shape);
  }

  /**
   * Makes a float tensor of ones, in the open step or, if there is none, for as long as the device
   * lives.
   */
  public Tensor ones(int... shape) {
    return here().ones(shape);
  }

  /**
   * Makes a float tensor of one value, in the open step or, if there is none, for as long as the
   * device lives.
   */
  public Tensor full(float value, int... shape) {
    return here().full(value, shape);
  }

  private Scope here() {
    checkOpen();
    return stepOr(root);
  }

  private void checkOpen() {
    if (!open) {
      throw new IllegalStateException(
          "the device " + backend.name() + " is closed; open a new one");
    }
  }

  /** Closes open steps and frees everything on this device; a second call does nothing. */
  @Override
  public void close() {
    if (open) {
      while (current != null) {
        current.close();
      }
      for (StepGraph graph : List.copyOf(graphs)) {
        graph.close();
      }
      root.close();
      random.close();
      outside.free();
      open = false;
      own.close();
    }
  }

  @Override
  public String toString() {
    return backend.name();
  }
}

package io.cortado.nn;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import io.cortado.nn.init.Initializer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model: parameters, state, and other modules.
 *
 * <p>A model is composed by subclassing: fields hold parts registered by {@link #child}, and a
 * method of any signature computes with them. Parts with one input and one output are {@link
 * Layer}s. A part used in two places is one part, its parameters shared.
 *
 * <pre>{@code
 * class TwoTowers extends Module {
 *   private final Linear user = child("user", linear(64, 32));
 *   private final Linear item = child("item", linear(96, 32));
 *
 *   Tensor score(Tensor u, Tensor i) {
 *     return user.forward(u).mul(item.forward(i)).sum(-1, false);
 *   }
 * }
 * }</pre>
 */
public abstract class Module {

  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, StateTensor> states = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private boolean training = true;
  private @Nullable ParameterStore store;

  // ---------------------------------------------------------------- composing

  /** Registers a parameter of this module. */
  protected final Parameter parameter(String name, Shape shape, Initializer initializer) {
    Parameter p = new Parameter(checkName(name), shape, initializer);
    parameters.put(name, p);
    return p;
  }

  /** Registers a float tensor that is saved with this module but not trained. */
  protected final StateTensor state(String name, Shape shape, float initial) {
    return state(name, DType.FLOAT32, shape, initial);
  }

  /** Registers a tensor that is saved with this module but not trained. */
  protected final StateTensor state(String name, DType dtype, Shape shape, float initial) {
    StateTensor t = new StateTensor(checkName(name), dtype, shape, initial);
    states.put(name, t);
    return t;
  }

  /** Registers a float tensor whose first values are known once all parameters have theirs. */
  final StateTensor state(String name, Shape shape, Supplier<float[]> initial) {
    StateTensor t = new StateTensor(checkName(name), shape, initial);
    states.put(name, t);
    return t;
  }

  /** Returns this module's own parameters, to be changed by what parametrises them. */
  final Map<String, Parameter> ownParameters() {
    return parameters;
  }

  /** Forgets a part. */
  final void removeChild(String name) {
    children.remove(name);
  }

  /** Registers a part of this module, and returns it. */
  protected final <M extends Module> M child(String name, M module) {
    children.put(checkName(name), module);
    return module;
  }

  private String checkName(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name for a part of a module: it must not be empty or have a dot");
    }
    if (parameters.containsKey(name) || states.containsKey(name) || children.containsKey(name)) {
      throw new IllegalArgumentException(
          "there is a part '" + name + "' already in " + getClass().getSimpleName());
    }
    if (store != null) {
      throw new IllegalStateException("parts have to be registered before init: '" + name + "'");
    }
    return name;
  }

  /** Returns the parts in the order they were registered. */
  public final Map<String, Module> children() {
    return Collections.unmodifiableMap(children);
  }

  // ---------------------------------------------------------------- life

  /**
   * Allocates all parameters on a device and sets their first values.
   *
   * <p>The values depend on the seed and the order of registration alone, not on the device. Where
   * an initialiser or the device fails, nothing is left on the device, and init can be called
   * again.
   *
   * @param device where the model will live until the device is closed
   * @param seed starts {@link io.cortado.RandomStream#INIT}
   * @return this
   * @throws IllegalStateException if this module, or a part of it, was initialised before
   */
  public Module init(Device device, long seed) {
    Map<String, Parameter> named = namedParameters();
    for (Map.Entry<String, Parameter> e : named.entrySet()) {
      if (e.getValue().isInitialized()) {
        throw new IllegalStateException(
            "init: parameter "
                + e.getKey()
                + " "
                + e.getValue().shape()
                + " has a value already; make a new model for another device or seed");
      }
    }
    ParameterStore made = new ParameterStore(device, named, seed);
    allocateStates(made);
    store = made;
    return this;
  }

  private void allocateStates(ParameterStore made) {
    Scope scope = made.device().root();
    List<StateTensor> begun = new ArrayList<>();
    try {
      for (StateTensor s : namedStates().values()) {
        begun.add(s);
        s.allocate(scope);
      }
    } catch (RuntimeException | Error e) {
      begun.forEach(s -> s.free(scope, e));
      made.free(e);
      throw e;
    }
  }

  /**
   * Returns the flat buffers of all parameters.
   *
   * @throws IllegalStateException if {@link #init} was not called on this very module
   */
  public final ParameterStore store() {
    ParameterStore s = store;
    if (s == null) {
      throw new IllegalStateException(
          getClass().getSimpleName()
              + " has no parameters on a device yet: call init(device, seed) on the whole model first");
    }
    return s;
  }

  /** Returns the device that this module was initialised on. */
  public final Device device() {
    return store().device();
  }

  /**
   * Puts this module and its parts into training mode: dropout drops, batch norm uses the batch's
   * statistics.
   *
   * <p>Each part's own method is called, so that a module may override it to keep some of its parts
   * as they are in evaluation mode.
   */
  public Module train() {
    return setTraining(true);
  }

  /** Puts this module and its parts into evaluation mode. */
  public Module eval() {
    return setTraining(false);
  }

  private Module setTraining(boolean mode) {
    training = mode;
    for (Module m : children.values()) {
      Module unused = mode ? m.train() : m.eval();
    }
    return this;
  }

  /** Sets the mode of this module and of none of its parts. */
  final void training(boolean mode) {
    training = mode;
  }

  /** Says whether this module is in training mode, as it is at first. */
  public final boolean isTraining() {
    return training;
  }

  // ---------------------------------------------------------------- what is inside

  /** Returns the parameters, each once, in the order of registration. */
  public final List<Parameter> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /**
   * Returns the parameters by their dotted paths, as PyTorch's {@code named_parameters}; a shared
   * one has its first path.
   */
  public final Map<String, Parameter> namedParameters() {
    Map<String, Parameter> named = new LinkedHashMap<>();
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    walk(
        "",
        new ArrayDeque<>(),
        (path, m) ->
            m.parameters.forEach((name, p) -> {
              Parameter root = p.root();
              if (seen.add(root)) {
                named.put(path + name, root);
              }
            }));
    return named;
  }

  /**
   * Returns this module, by an empty path, and all parts by their dotted paths, as PyTorch's {@code
   * named_modules}; a part in two places has its first path.
   */
  public final Map<String, Module> namedModules() {
    Map<String, Module> named = new LinkedHashMap<>();
    Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    walk(
        "",
        new ArrayDeque<>(),
        (path, m) -> {
          if (seen.add(m)) {
            named.put(path.isEmpty() ? path : path.substring(0, path.length() - 1), m);
          }
        });
    return named;
  }

  private Map<String, StateTensor> namedStates() {
    Map<String, StateTensor> named = new LinkedHashMap<>();
    Set<StateTensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    walk(
        "",
        new ArrayDeque<>(),
        (path, m) ->
            m.states.forEach((name, s) -> {
              if (seen.add(s)) {
                named.put(path + name, s);
              }
            }));
    return named;
  }

  private interface Visitor {
    void visit(String path, Module module);
  }

  private void walk(String path, Deque<Module> above, Visitor visitor) {
    if (above.contains(this)) {
      throw new IllegalStateException("module at '" + path + "' is a part of itself");
    }
    above.push(this);
    visitor.visit(path, this);
    children.forEach((name, m) -> m.walk(path + name + ".", above, visitor));
    above.pop();
  }

  /** Returns the number of trained numbers. */
  public final long parameterCount() {
    return namedParameters().values().stream().mapToLong(p -> p.shape().size()).sum();
  }

  /**
   * Returns everything that is saved with this module, by its dotted path: parameters, then state,
   * as PyTorch's {@code state_dict} names them.
   *
   * <p>The tensors are the module's own: setting them changes it. Call {@link #stateLoaded} after
   * that.
   */
  public final Map<String, Tensor> stateDict() {
    walk("", new ArrayDeque<>(), (path, m) -> m.stateToTensors());
    Map<String, Tensor> all = new LinkedHashMap<>();
    namedParameters().forEach((name, p) -> all.put(name, p.value()));
    namedStates().forEach((name, s) -> all.put(name, s.value()));
    return all;
  }

  /** Tells this module and its parts that the tensors of {@link #stateDict} have been set. */
  public final void stateLoaded() {
    walk("", new ArrayDeque<>(), (path, m) -> m.stateFromTensors());
  }

  /**
   * Saves {@link #stateDict} as safetensors, as a whole or not at all.
   *
   * @throws FileException if that fails; what was there before is untouched then
   */
  public final void save(Path file) {
    Weights.save(file, stateDict(), Map.of());
  }

  /**
   * Saves {@link #stateDict} as safetensors, as a whole or not at all.
   *
   * @param description what a program has to know to build this model again
   * @throws FileException if that fails; what was there before is untouched then
   */
  public final void save(Path file, ModelDescription description) {
    Weights.save(file, stateDict(), description);
  }

  /**
   * Loads what {@link #save} wrote, or PyTorch for a model of the same names and shapes.
   *
   * @throws FileException if the file is not sound, or is of another model: the message names the
   *     first tensor that differs, and nothing of this module has changed then
   */
  public final void load(Path file) {
    Weights.load(file, stateDict());
    stateLoaded();
  }

  /**
   * Brings state that lives on the host into this module's state tensors; for modules that have
   * some.
   */
  protected void stateToTensors() {}

  /** Takes over state that lives on the host from this module's state tensors. */
  protected void stateFromTensors() {}

  /** Returns the module's configuration on one line, as in {@code Linear(784, 128)}. */
  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}

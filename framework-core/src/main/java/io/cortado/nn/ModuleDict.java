package io.cortado.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parts of a model by name; it computes nothing itself.
 *
 * @param <M> what the parts are
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html">torch.nn.ModuleDict</a>
 */
public final class ModuleDict<M extends Module> extends Module {

  private final Map<String, M> modules = new LinkedHashMap<>();

  /** Makes an empty one. */
  public ModuleDict() {}

  /** Makes one of parts in their map's order. */
  public ModuleDict(Map<String, ? extends M> modules) {
    modules.forEach(this::put);
  }

  /**
   * Adds a part, and returns it.
   *
   * @throws IllegalArgumentException if there is one of this name, or it has a dot
   * @throws IllegalStateException if the model has its parameters already
   */
  public M put(String name, M module) {
    child(name, module);
    modules.put(name, module);
    return module;
  }

  /**
   * Returns a part.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public M get(String name) {
    M m = modules.get(name);
    if (m == null) {
      throw new IllegalArgumentException(
          "moduleDict: no part '" + name + "', only " + modules.keySet());
    }
    return m;
  }

  /** Returns the parts in the order they were added. */
  public Map<String, M> modules() {
    return Collections.unmodifiableMap(modules);
  }

  @Override
  public String toString() {
    return "ModuleDict" + modules;
  }
}

package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.nn.init.Initializer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parameters by name.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html">torch.nn.ParameterDict</a>
 */
public final class ParameterDict extends Module {

  private final Map<String, Parameter> byName = new LinkedHashMap<>();

  /**
   * Makes a parameter, and returns it.
   *
   * @throws IllegalArgumentException if there is one of this name, or it has a dot
   * @throws IllegalStateException if the model has its parameters already
   */
  public Parameter put(String name, Shape shape, Initializer initializer) {
    Parameter p = parameter(name, shape, initializer);
    byName.put(name, p);
    return p;
  }

  /**
   * Returns a parameter.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Parameter get(String name) {
    Parameter p = byName.get(name);
    if (p == null) {
      throw new IllegalArgumentException(
          "parameterDict: no parameter '" + name + "', only " + byName.keySet());
    }
    return p;
  }

  /** Returns the parameters in the order they were made. */
  public Map<String, Parameter> byName() {
    return Collections.unmodifiableMap(byName);
  }

  @Override
  public String toString() {
    return "ParameterDict" + byName.values();
  }
}

package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.nn.init.Initializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Parameters by number, named "0", "1" and so on.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html">torch.nn.ParameterList</a>
 */
public final class ParameterList extends Module implements Iterable<Parameter> {

  private final List<Parameter> list = new ArrayList<>();

  /**
   * Makes a parameter behind the others, and returns it.
   *
   * @throws IllegalStateException if the model has its parameters already
   */
  public Parameter append(Shape shape, Initializer initializer) {
    Parameter p = parameter(Integer.toString(list.size()), shape, initializer);
    list.add(p);
    return p;
  }

  /**
   * Returns a parameter.
   *
   * @param index its number; negative counts from the end
   * @throws IndexOutOfBoundsException if there is none
   */
  public Parameter get(int index) {
    return list.get(index < 0 ? index + list.size() : index);
  }

  /** Returns how many parameters there are. */
  public int size() {
    return list.size();
  }

  @Override
  public Iterator<Parameter> iterator() {
    return Collections.unmodifiableList(list).iterator();
  }

  @Override
  public String toString() {
    return "ParameterList" + list;
  }
}

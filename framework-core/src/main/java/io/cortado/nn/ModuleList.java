package io.cortado.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Parts of a model by number, named "0", "1" and so on; it computes nothing itself.
 *
 * @param <M> what the parts are
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html">torch.nn.ModuleList</a>
 */
public final class ModuleList<M extends Module> extends Module implements Iterable<M> {

  private final List<M> modules = new ArrayList<>();

  /** Makes a list. */
  @SafeVarargs
  public ModuleList(M... modules) {
    for (M m : modules) {
      append(m);
    }
  }

  /**
   * Adds a part behind the others, and returns it.
   *
   * @throws IllegalStateException if the model has its parameters already
   */
  public M append(M module) {
    child(Integer.toString(modules.size()), module);
    modules.add(module);
    return module;
  }

  /**
   * Returns a part.
   *
   * @param index its number; negative counts from the end
   * @throws IndexOutOfBoundsException if there is none
   */
  public M get(int index) {
    return modules.get(index < 0 ? index + modules.size() : index);
  }

  /** Returns how many parts there are. */
  public int size() {
    return modules.size();
  }

  @Override
  public Iterator<M> iterator() {
    return Collections.unmodifiableList(modules).iterator();
  }

  @Override
  public String toString() {
    return "ModuleList" + modules;
  }
}

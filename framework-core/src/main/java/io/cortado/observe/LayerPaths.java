package io.cortado.observe;

import io.cortado.nn.Module;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows in which layer of a model a forward pass is.
 *
 * <p>That is the layer which was {@linkplain io.cortado.nn.Layer#call called} last and is not done,
 * or, within it, the one whose parameter was used last: so a model whose {@code forward} calls that
 * of its parts is told apart too, and what follows a layer with parameters counts with that layer.
 */
final class LayerPaths {

  private final Map<Object, String> paths = new IdentityHashMap<>();
  private final Map<Object, String> owners = new IdentityHashMap<>();
  private final Map<String, Module> modules;
  private final Deque<String> open = new ArrayDeque<>();
  private @Nullable String used;

  LayerPaths(Module model) {
    modules = model.namedModules();
    modules.forEach((path, m) -> paths.put(m, path));
    model
        .namedParameters()
        .forEach((name, p) -> owners.put(p, name.substring(0, Math.max(0, name.lastIndexOf('.')))));
  }

  void enter(Object module) {
    String around = open.isEmpty() ? "" : open.peek();
    open.push(paths.getOrDefault(module, around));
    used = null;
  }

  void leave() {
    if (!open.isEmpty()) {
      open.pop();
    }
    used = null;
  }

  void uses(Object parameter) {
    String owner = owners.get(parameter);
    if (owner != null && owner.startsWith(open.isEmpty() ? "" : open.peek())) {
      used = owner;
    }
  }

  /** Forgets where the pass is. */
  void reset() {
    open.clear();
    used = null;
  }

  /** Returns the layer's path, empty for the model itself. */
  String current() {
    String u = used;
    return u != null ? u : open.isEmpty() ? "" : open.peek();
  }

  /** Returns what a layer is, in one line. */
  String describe(String path) {
    Module m = modules.get(path);
    String text = m == null || !m.children().isEmpty() ? "" : String.valueOf(m);
    return text.isEmpty() || text.indexOf('\n') >= 0
        ? m == null ? "" : m.getClass().getSimpleName()
        : text;
  }
}

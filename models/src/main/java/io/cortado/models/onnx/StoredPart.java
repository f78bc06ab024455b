package io.cortado.models.onnx;

import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.init.Initializer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A part of a file's model, as the dots in its tensors' names tell. */
final class StoredPart extends Module {

  private final Map<String, StoredPart> parts = new LinkedHashMap<>();

  /** Returns the part of a name, which is made if there is none. */
  StoredPart part(String name) {
    return parts.computeIfAbsent(name, n -> child(n, new StoredPart()));
  }

  Parameter add(String name, StoredWeight w) {
    return parameter(name, w.shape(), values(w));
  }

  static Initializer values(StoredWeight w) {
    return (values, _, _) -> System.arraycopy(w.floats(), 0, values, 0, values.length);
  }
}

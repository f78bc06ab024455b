package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indices outside of their axis, on a device whose operations do not look at them.
 *
 * <p>The host checks the indices that it knows before anything is launched. Of others, made on the
 * device itself, the device keeps the first that is outside, and the step asks at its end. Only a
 * step that used such indices waits for that.
 */
final class OutsideIndices {

  private final Backend backend;
  private final List<String> operations = new ArrayList<>();
  private @Nullable Buffer found;
  private boolean expecting;

  OutsideIndices(Backend backend) {
    this.backend = backend;
  }

  /** Has the device look at indices that the host does not know. */
  void expect(String operation, Tensor indices, int extent) {
    if (backend.refusesIndices() || indices.size() == 0) {
      return;
    }
    Buffer f = found;
    if (f == null) {
      f = backend.allocate(DType.INT32, 4);
      found = f;
      backend.upload(new int[4], 0, f, 0, 4);
    }
    int number = operations.indexOf(operation);
    if (number < 0) {
      number = operations.size();
      operations.add(operation);
    }
    backend.findOutside(number, extent, indices.size(), indices.buffer(), f);
    expecting = true;
  }

  /** Says whether indices were given to the device since the last call. */
  boolean take() {
    boolean was = expecting;
    expecting = false;
    return was;
  }

  /**
   * Waits for the device and reports what it found.
   *
   * @throws IllegalArgumentException if an index was outside
   */
  void report() {
    Buffer f = found;
    if (f == null) {
      return;
    }
    int[] words = new int[4];
    backend.download(f, 0, words, 0, 4);
    if (words[0] == 0) {
      return;
    }
    backend.upload(new int[4], 0, f, 0, 4);
    throw new IllegalArgumentException(
        "%s: index %d, made on the device, is not in 0 to %d; results of this step are NaN where it was used: do not use them, and renumber the indices"
            .formatted(operations.get(words[1]), words[2], words[3] - 1));
  }

  void free() {
    Buffer f = found;
    if (f != null) {
      backend.release(f);
      found = null;
    }
  }
}

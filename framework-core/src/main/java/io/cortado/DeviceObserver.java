package io.cortado;

import io.cortado.backend.Backend;

/**
 * Is told of what is computed on a device, to measure it or to look for errors; a device has one at
 * most, and none costs nothing but a comparison at each operation.
 *
 * <p>All methods are called by the thread that uses the device, and do nothing by default. Parts of
 * models are told as objects, since tensors know no layers.
 *
 * @see Device#observe
 */
public interface DeviceObserver {

  /** Returns what computes in the place of the device's backend: it, or one in front of it. */
  default Backend around(Backend backend) {
    return backend;
  }

  /** A part of a model begins its forward pass; {@link #left} follows on every path. */
  default void entered(Object module) {}

  /** The part that was entered last is done. */
  default void left(Object module) {}

  /** A part of a model has computed this output. */
  default void output(Object module, Tensor output) {}

  /** A parameter's value is about to be used. */
  default void uses(Object parameter) {}

  /** An operation on tensors begins, or a new part of one that is made of others. */
  default void begins(String operation) {}

  /** The operation that has begun last makes a tensor, whose elements are not written yet. */
  default void makes(Tensor output) {}

  /** Returns a number for where the operation that is recorded belongs. */
  default int place() {
    return 0;
  }

  /**
   * A backward function begins; {@link #replayed} follows unless it throws.
   *
   * @param operation whose gradient is computed
   * @param output what the operation made
   * @param place what {@link #place} returned when it was recorded
   */
  default void replays(String operation, Tensor output, int place) {}

  /** The backward function under way writes to the gradient of this tensor. */
  default void writesGradient(Tensor input) {}

  /** The backward function that has begun last is done. */
  default void replayed() {}

  /** The step that records ends. */
  default void stepEnds() {}
}

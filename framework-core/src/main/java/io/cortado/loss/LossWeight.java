package io.cortado.loss;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/** Weights given on the host, brought to the device where they are first used. */
final class LossWeight {

  private final float[] values;
  private final int[] shape;
  private @Nullable Tensor tensor;

  LossWeight(String what, float[] values, int... shape) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0) || Float.isInfinite(values[i])) {
        throw new IllegalArgumentException(
            what
                + ": weight "
                + values[i]
                + " at position "
                + i
                + " has to be finite and not negative");
      }
    }
    if (Shape.of(shape).size() != values.length) {
      throw new IllegalArgumentException(
          what + ": " + values.length + " weights for shape " + Shape.of(shape));
    }
    this.values = values.clone();
    this.shape = shape.clone();
  }

  /** Returns them on a device, after a look whether there is one for each class. */
  Tensor perClass(String what, Device device, int classes) {
    if (values.length != classes) {
      throw new IllegalArgumentException(
          what + ": " + values.length + " weights for " + classes + " classes; give one for each");
    }
    return on(device);
  }

  Tensor on(Device device) {
    Tensor t = tensor;
    if (t == null || t.device() != device || !t.scope().isOpen()) {
      t = device.root().tensor(values, shape);
      tensor = t;
    }
    return t;
  }
}

package io.cortado.loss;

import io.cortado.Device;
import io.cortado.HostNumbers;
import io.cortado.Shape;
import io.cortado.Tensor;

/** Weights given on the host, which each step that uses them has on the device. */
final class LossWeight {

  private final String loss;
  private final HostNumbers numbers;

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
    this.loss = what;
    this.numbers = new HostNumbers(values, shape);
  }

  /** Returns them in the open step, after a look whether there is one for each class. */
  Tensor perClass(String what, Device device, int classes) {
    if (numbers.count() != classes) {
      throw new IllegalArgumentException(
          what
              + ": "
              + numbers.count()
              + " weights for "
              + classes
              + " classes; give one for each");
    }
    return on(device);
  }

  /** Returns them in the open step. */
  Tensor on(Device device) {
    return numbers.on(device, loss);
  }
}

package io.cortado.observe;

import io.cortado.Device;

/** The parts of a training step, as an observer is told of them. */
public enum StepPhase {
  /** The model's output. */
  FORWARD,
  /** The loss. */
  LOSS,
  /** The gradients. */
  BACKWARD,
  /** Clipping, and the update of the parameters. */
  OPTIMIZER;

  /** Tells a device's observer, if it has one that asks, that this part begins. */
  public void begin(Device device) {
    if (device.observer() instanceof StepObserver o) {
      o.phase(this);
    }
  }
}

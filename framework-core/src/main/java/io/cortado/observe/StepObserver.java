package io.cortado.observe;

import io.cortado.DeviceObserver;

/** An observer that tells the parts of a training step apart. */
interface StepObserver extends DeviceObserver {

  /** A part of a step begins, and ends the one before. */
  void phase(StepPhase begun);
}

package io.cortado.tck.reference;

import io.cortado.backend.spec.LossScaleSpec;

/** Loss scaling, in place. */
public final class ReferenceLossScale {

  private ReferenceLossScale() {}

  /** Divides by the scale, and sets the flag where a result is not finite as a float. */
  public static void unscale(double[] x, double[] state) {
    for (int i = 0; i < x.length; i++) {
      x[i] /= state[LossScaleSpec.SCALE];
      if (!Float.isFinite((float) x[i])) {
        state[LossScaleSpec.FOUND] = 1;
      }
    }
  }

  /** Chooses the next scale. */
  public static void update(LossScaleSpec spec, double[] state) {
    if (state[LossScaleSpec.FOUND] != 0) {
      state[LossScaleSpec.SCALE] *= spec.backoffFactor();
      state[LossScaleSpec.TRACKER] = 0;
      state[LossScaleSpec.SKIPPED]++;
      state[LossScaleSpec.FOUND] = 0;
      return;
    }
    state[LossScaleSpec.TRACKER]++;
    if (state[LossScaleSpec.TRACKER] == spec.growthInterval()) {
      double grown = state[LossScaleSpec.SCALE] * spec.growthFactor();
      if (Float.isFinite((float) grown)) {
        state[LossScaleSpec.SCALE] = grown;
      }
      state[LossScaleSpec.TRACKER] = 0;
    }
  }
}

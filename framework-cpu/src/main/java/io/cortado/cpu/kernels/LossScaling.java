package io.cortado.cpu.kernels;

import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.cpu.parallel.Workers;

/** Undoes a loss scale, and chooses the next. */
public final class LossScaling {

  /** The bits of infinity: those of a finite number, without its sign, are less. */
  private static final int INFINITE = 0x7f800000;

  private final Workers workers;
  private final DoubleScratch found = new DoubleScratch();

  /** Makes the kernels. */
  public LossScaling(Workers workers) {
    this.workers = workers;
  }

  /** Multiplies by the reciprocal of the scale, and sets the flag where a result is not finite. */
  public void unscale(int n, float[] x, int xo, float[] state, int so) {
    if (n == 0) {
      return;
    }
    float factor = (float) (1 / (double) state[so + LossScaleSpec.SCALE]);
    if (n <= Blocks.LIGHT) {
      if (largestBits(x, xo, n, factor) >= INFINITE) {
        state[so + LossScaleSpec.FOUND] = 1;
      }
      return;
    }
    int blocks = Blocks.count(n, Blocks.LIGHT);
    double[] largest = found.zeros(blocks);
    workers.run(
        blocks,
        (block, worker) -> {
          int i = block * Blocks.LIGHT;
          largest[block] = largestBits(x, xo + i, Math.min(Blocks.LIGHT, n - i), factor);
        });
    for (int b = 0; b < blocks; b++) {
      if (largest[b] >= INFINITE) {
        state[so + LossScaleSpec.FOUND] = 1;
      }
    }
  }

  /** Scales; returns the largest of the results' bits without sign: no branch, so it vectorises. */
  private static int largestBits(float[] x, int xo, int n, float factor) {
    int largest = 0;
    for (int i = xo; i < xo + n; i++) {
      float value = x[i] * factor;
      x[i] = value;
      largest = Math.max(largest, Float.floatToRawIntBits(value) & 0x7fffffff);
    }
    return largest;
  }

  /** Chooses the next scale. */
  public static void update(LossScaleSpec spec, float[] state, int so) {
    float scale = state[so + LossScaleSpec.SCALE];
    float tracker = state[so + LossScaleSpec.TRACKER] + 1;
    if (state[so + LossScaleSpec.FOUND] != 0) {
      scale *= spec.backoffFactor();
      tracker = 0;
      state[so + LossScaleSpec.SKIPPED]++;
    } else if (tracker >= spec.growthInterval()) {
      float grown = scale * spec.growthFactor();
      scale = Float.isFinite(grown) ? grown : scale;
      tracker = 0;
    }
    state[so + LossScaleSpec.SCALE] = scale;
    state[so + LossScaleSpec.TRACKER] = tracker;
    state[so + LossScaleSpec.FOUND] = 0;
  }
}

package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.autograd.Resampling.Taps;
import java.util.ArrayList;
import java.util.List;

/** Which old elements each new one of an axis is made of, and how much of each. */
final class ResamplingTaps {

  private static final double CUBIC = -0.75;

  private final int in;
  private final int out;
  private final List<int[]> indices = new ArrayList<>();
  private final List<float[]> weights = new ArrayList<>();

  /** For axes of these extents before and after. */
  ResamplingTaps(int in, int out) {
    this.in = in;
    this.out = out;
  }

  private void set(int tap, int i, int index, double weight) {
    if (indices.size() == tap) {
      indices.add(new int[out]);
      weights.add(new float[out]);
    }
    indices.get(tap)[i] = Math.clamp(index, 0, in - 1);
    weights.get(tap)[i] = (float) weight;
  }

  /** Takes the element at or before a place. */
  void nearest(int i, double at) {
    set(0, i, (int) Math.floor(at), 1);
  }

  /** Takes the two elements around a place. */
  void linear(int i, double at) {
    double place = Math.max(0, at);
    int low = Math.min((int) Math.floor(place), in - 1);
    double t = Math.min(place - low, 1);
    set(0, i, low, 1 - t);
    set(1, i, low + 1, t);
  }

  /** Takes the four elements around a place, the outermost again where there are no more. */
  void cubic(int i, double at) {
    int low = (int) Math.floor(at);
    double t = at - low;
    set(0, i, low - 1, outer(t + 1));
    set(1, i, low, inner(t));
    set(2, i, low + 1, inner(1 - t));
    set(3, i, low + 2, outer(2 - t));
  }

  private static double inner(double t) {
    return ((CUBIC + 2) * t - (CUBIC + 3)) * t * t + 1;
  }

  private static double outer(double t) {
    return ((CUBIC * t - 5 * CUBIC) * t + 8 * CUBIC) * t - 4 * CUBIC;
  }

  /** Brings them to a device, where they stay until it is closed; a single tap needs no weights. */
  Taps on(Device device) {
    List<Tensor> places = new ArrayList<>();
    List<Tensor> factors = new ArrayList<>();
    for (int t = 0; t < indices.size(); t++) {
      places.add(device.root().tensor(indices.get(t), out));
      if (indices.size() > 1) {
        factors.add(device.root().tensor(weights.get(t), out));
      }
    }
    return new Taps(in, places, factors);
  }
}

package io.cortado.tck.reference;

import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import java.util.stream.IntStream;

/** The largest elements of windows over three axes: a list of places for each axis. */
public final class ReferenceMaxPool {

  private ReferenceMaxPool() {}

  private static int[] window(WindowAxis a, int i, float sample) {
    IntStream window =
        switch (a.kind()) {
          case REGULAR ->
              IntStream.range(0, a.kernel())
                  .map(k -> i * a.stride() - a.padding() + k * a.dilation());
          case ADAPTIVE ->
              IntStream.range(
                  Math.floorDiv(i * a.in(), a.out()), Math.ceilDiv((i + 1) * a.in(), a.out()));
          case RANDOM -> {
            int start = a.in() - a.kernel();
            if (i < a.out() - 1) {
              float step = (float) start / (a.out() - 1);
              start = (int) ((i + sample) * step) - (int) (sample * step);
            }
            yield IntStream.range(start, start + a.kernel());
          }
        };
    return window.filter(at -> at >= 0 && at < a.in()).toArray();
  }

  /**
   * Returns where the largest elements are, within their planes.
   *
   * @param samples of random windows
   */
  public static int[] places(MaxPoolSpec s, double[] samples, double[] x) {
    WindowAxis[] axes = {s.depth(), s.rows(), s.columns()};
    int random = s.randomAxes();
    int[] places = new int[(int) s.outputSize()];
    int y = 0;
    for (int plane = 0; plane < s.planes(); plane++) {
      float[] moved = new float[3];
      for (int r = 0; r < random; r++) {
        moved[3 - random + r] = (float) samples[plane * random + r];
      }
      for (int i = 0; i < s.depth().out(); i++) {
        for (int j = 0; j < s.rows().out(); j++) {
          for (int k = 0; k < s.columns().out(); k++) {
            int best = -1;
            for (int d : window(axes[0], i, moved[0])) {
              for (int r : window(axes[1], j, moved[1])) {
                for (int c : window(axes[2], k, moved[2])) {
                  int at = (d * s.rows().in() + r) * s.columns().in() + c;
                  if (best < 0 || isLarger(x, plane * s.inputPlane(), at, best)) {
                    best = at;
                  }
                }
              }
            }
            places[y++] = best;
          }
        }
      }
    }
    return places;
  }

  private static boolean isLarger(double[] x, int plane, int at, int best) {
    double v = x[plane + at];
    double than = x[plane + best];
    return v > than || (Double.isNaN(v) && !Double.isNaN(than));
  }

  /** Returns the elements at the places. */
  public static double[] values(MaxPoolSpec s, int[] places, double[] x) {
    double[] y = new double[places.length];
    for (int o = 0; o < y.length; o++) {
      y[o] = x[o / s.outputPlane() * s.inputPlane() + places[o]];
    }
    return y;
  }
}

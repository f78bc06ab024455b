package io.cortado.tck.reference;

import io.cortado.backend.spec.IndexSpec;

/** Elements by their numbers along an axis. */
public final class ReferenceIndexing {

  private ReferenceIndexing() {}

  /** Returns where in the tensor picked element {@code (o, j, i)} comes from. */
  private static int place(IndexSpec s, int[] indices, int o, int j, int i) {
    int inner = (int) s.inner();
    int index = s.shared() ? indices[j] : indices[(o * s.count() + j) * inner + i];
    if (index < 0 || index >= s.extent()) {
      throw new IllegalArgumentException(s.outside(index));
    }
    return (o * s.extent() + index) * inner + i;
  }

  /** Returns the elements that are picked. */
  public static double[] gather(IndexSpec s, int[] indices, double[] x) {
    double[] y = new double[(int) s.picked()];
    int at = 0;
    for (int o = 0; o < s.outer(); o++) {
      for (int j = 0; j < s.count(); j++) {
        for (int i = 0; i < s.inner(); i++) {
          y[at++] = x[place(s, indices, o, j, i)];
        }
      }
    }
    return y;
  }

  /** Returns the sums of what comes to each place. */
  public static double[] scatterAdd(IndexSpec s, int[] indices, double[] src) {
    double[] y = new double[(int) s.size()];
    int at = 0;
    for (int o = 0; o < s.outer(); o++) {
      for (int j = 0; j < s.count(); j++) {
        for (int i = 0; i < s.inner(); i++) {
          y[place(s, indices, o, j, i)] += src[at++];
        }
      }
    }
    return y;
  }
}

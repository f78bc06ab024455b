package io.cortado.tck.reference;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import java.util.Arrays;
import java.util.Comparator;

/** Sorts, and running sums and products. */
public final class ReferenceOrder {

  private ReferenceOrder() {}

  private static int at(AxisSpec s, int o, int e, int i) {
    return (o * s.extent() + e) * (int) s.inner() + i;
  }

  /** Returns the places along the axis of the first k elements in order. */
  public static int[] sort(SortSpec s, double[] x) {
    int inner = (int) s.axis().inner();
    int[] places = new int[(int) s.outputSize()];
    for (int o = 0; o < s.axis().outer(); o++) {
      for (int i = 0; i < inner; i++) {
        Integer[] order = new Integer[s.axis().extent()];
        Arrays.setAll(order, e -> e);
        int outer = o;
        int column = i;
        // Adding 0 makes both zeros one.
        Comparator<Integer> ascending =
            Comparator.comparingDouble(e -> x[at(s.axis(), outer, e, column)] + 0.0);
        Arrays.sort(order, s.descending() ? ascending.reversed() : ascending);
        for (int j = 0; j < s.k(); j++) {
          places[(o * s.k() + j) * inner + i] = order[j];
        }
      }
    }
    return places;
  }

  /** Returns the elements at the places that {@link #sort} gave. */
  public static double[] sorted(SortSpec s, double[] x, int[] places) {
    int inner = (int) s.axis().inner();
    double[] y = new double[places.length];
    for (int p = 0; p < y.length; p++) {
      int o = p / inner / s.k();
      y[p] = x[at(s.axis(), o, places[p], p % inner)];
    }
    return y;
  }

  /** Returns running sums or products. */
  public static double[] scan(ScanSpec s, double[] x) {
    AxisSpec axis = s.axis();
    double[] y = new double[x.length];
    for (int o = 0; o < axis.outer(); o++) {
      for (int i = 0; i < axis.inner(); i++) {
        double running = s.op() == ScanSpec.Op.SUM ? 0 : 1;
        for (int k = 0; k < axis.extent(); k++) {
          int p = at(axis, o, s.reverse() ? axis.extent() - 1 - k : k, i);
          double next = s.op() == ScanSpec.Op.SUM ? running + x[p] : running * x[p];
          y[p] = s.exclusive() ? running : next;
          running = next;
        }
      }
    }
    return y;
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.StridedSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a strided copy: its innermost axis, with neighbours that can be seen as one with it.
 *
 * @param width elements of a row
 * @param inStep how far those read are apart
 * @param outStep how far those written are apart
 * @param in where rows are read
 * @param out where rows are written
 */
record StridedPlan(int width, int inStep, int outStep, Strides in, Strides out) {

  private record Axis(int extent, int in, int out) {}

  static StridedPlan of(StridedSpec s) {
    List<Axis> axes = new ArrayList<>();
    for (int i = s.extents().rank() - 1; i >= 0; i--) {
      Axis axis =
          new Axis(
              s.extents().dim(i),
              Math.toIntExact(s.srcSteps().get(i)),
              Math.toIntExact(s.dstSteps().get(i)));
      add(axes, axis);
    }
    Axis row = axes.isEmpty() ? new Axis(1, 1, 1) : axes.removeFirst();
    List<Axis> outer = axes.reversed();
    int[] extents = outer.stream().mapToInt(Axis::extent).toArray();
    return new StridedPlan(
        row.extent,
        row.in,
        row.out,
        new Strides(extents, outer.stream().mapToInt(Axis::in).toArray()),
        new Strides(extents, outer.stream().mapToInt(Axis::out).toArray()));
  }

  /** Adds an axis outside of the others, as a part of the last one where steps allow it. */
  private static void add(List<Axis> axes, Axis axis) {
    if (axis.extent == 1) {
      return;
    }
    Axis last = axes.isEmpty() ? null : axes.getLast();
    if (last != null && axis.in == last.in * last.extent && axis.out == last.out * last.extent) {
      axes.set(axes.size() - 1, new Axis(last.extent * axis.extent, last.in, last.out));
    } else {
      axes.add(axis);
    }
  }
}

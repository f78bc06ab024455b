package io.cortado.cpu.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.BinarySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * How a broadcast is walked: rows of the output along which each operand is a run or one number.
 *
 * <p>Neighbouring axes that both operands treat alike are one axis. So operands of one shape are a
 * single row, and {@code [n, c, h, w]} with {@code [c, 1, 1]} is n c rows of h w elements with one
 * number.
 *
 * @param rows how many rows
 * @param run elements of each row
 * @param aRepeated whether the first operand is one number along a row
 * @param bRepeated whether the second is
 * @param a where the first operand's rows begin
 * @param b where the second's do
 */
record BinaryPlan(int rows, int run, boolean aRepeated, boolean bRepeated, Strides a, Strides b) {

  /** Axes of the output that both operands treat alike. */
  private record Group(int extent, boolean aRepeated, boolean bRepeated) {}

  static BinaryPlan of(BinarySpec spec) {
    List<Group> groups = groups(spec);
    Group inner = groups.removeLast();
    int outer = groups.size();
    int[] extents = new int[outer];
    int[] aStrides = new int[outer];
    int[] bStrides = new int[outer];
    int aStep = inner.aRepeated ? 1 : inner.extent;
    int bStep = inner.bRepeated ? 1 : inner.extent;
    for (int i = outer - 1; i >= 0; i--) {
      Group g = groups.get(i);
      extents[i] = g.extent;
      aStrides[i] = g.aRepeated ? 0 : aStep;
      bStrides[i] = g.bRepeated ? 0 : bStep;
      aStep *= g.aRepeated ? 1 : g.extent;
      bStep *= g.bRepeated ? 1 : g.extent;
    }
    Strides a = new Strides(extents, aStrides);
    return new BinaryPlan(
        a.count(),
        inner.extent,
        inner.aRepeated,
        inner.bRepeated,
        a,
        new Strides(extents, bStrides));
  }

  private static List<Group> groups(BinarySpec spec) {
    List<Group> groups = new ArrayList<>();
    int rank = spec.out().rank();
    for (int axis = 0; axis < rank; axis++) {
      int extent = spec.out().dim(axis);
      if (extent == 1) {
        continue;
      }
      boolean aRepeated = repeated(spec.a(), axis - rank);
      boolean bRepeated = repeated(spec.b(), axis - rank);
      Group last = groups.isEmpty() ? null : groups.getLast();
      if (last != null && last.aRepeated == aRepeated && last.bRepeated == bRepeated) {
        groups.set(groups.size() - 1, new Group(last.extent * extent, aRepeated, bRepeated));
      } else {
        groups.add(new Group(extent, aRepeated, bRepeated));
      }
    }
    if (groups.isEmpty()) {
      groups.add(new Group(1, false, false));
    }
    return groups;
  }

  /** Says whether an operand has one element along an axis, counted from the end as -1. */
  private static boolean repeated(Shape shape, int axis) {
    return -axis > shape.rank() || shape.dim(axis) == 1;
  }
}

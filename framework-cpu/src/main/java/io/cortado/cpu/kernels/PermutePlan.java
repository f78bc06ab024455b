package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PermuteSpec;
import io.cortado.cpu.simd.VectorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a permutation is walked: as rows that are copied, or as matrices that are transposed.
 *
 * <p>Axes that stay neighbours are one axis. If the last axis of the output is the last of the
 * input, its rows are runs in both. Else the output's last axis and the one that is last in the
 * input form matrices; all other axes number them.
 *
 * @param rows rows of each matrix as read: the extent of the output's last axis
 * @param cols columns as read, contiguous in the input; 1 row of them where rows are copied
 * @param inStride distance between rows as read
 * @param outStride distance between rows as written
 * @param inRows where the first rows, of a square at most, as read begin
 * @param outRows where the first rows, of a square at most, as written begin
 * @param in where the matrices begin in the input
 * @param out where they begin in the output
 */
record PermutePlan(
    int rows,
    int cols,
    int inStride,
    int outStride,
    int[] inRows,
    int[] outRows,
    Strides in,
    Strides out) {

  private record Axis(int extent, int inStride, int outStride) {}

  static PermutePlan of(PermuteSpec spec) {
    List<Axis> axes = axes(spec);
    Axis last = axes.removeLast();
    if (last.inStride == 1) {
      Strides in = strides(axes, true);
      return new PermutePlan(1, last.extent, 0, 0, begins(0), begins(0), in, strides(axes, false));
    }
    int contiguous = 0;
    while (axes.get(contiguous).inStride != 1) {
      contiguous++;
    }
    Axis column = axes.remove(contiguous);
    return new PermutePlan(
        last.extent,
        column.extent,
        last.inStride,
        column.outStride,
        begins(last.inStride),
        begins(column.outStride),
        strides(axes, true),
        strides(axes, false));
  }

  private static int[] begins(int stride) {
    return IntStream.range(0, VectorOps.MAX_SQUARE).map(i -> i * stride).toArray();
  }

  /** Returns the axes of the output with extents above 1, those that stay neighbours as one. */
  private static List<Axis> axes(PermuteSpec spec) {
    int rank = spec.in().rank();
    List<Axis> axes = new ArrayList<>();
    int outStride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      int source = spec.axes().get(i);
      int extent = spec.in().dim(source);
      if (extent == 1) {
        continue;
      }
      int inStride = (int) spec.in().product(source + 1, rank);
      Axis next = axes.isEmpty() ? null : axes.getFirst();
      if (next != null && inStride == next.extent * next.inStride) {
        axes.set(0, new Axis(extent * next.extent, next.inStride, next.outStride));
      } else {
        axes.addFirst(new Axis(extent, inStride, outStride));
      }
      outStride *= extent;
    }
    if (axes.isEmpty()) {
      axes.add(new Axis(1, 1, 1));
    }
    return axes;
  }

  private static Strides strides(List<Axis> axes, boolean in) {
    return new Strides(
        axes.stream().mapToInt(Axis::extent).toArray(),
        axes.stream().mapToInt(a -> in ? a.inStride : a.outStride).toArray());
  }
}

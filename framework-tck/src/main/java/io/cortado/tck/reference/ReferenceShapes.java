package io.cortado.tck.reference;

import io.cortado.Shape;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;

/** Broadcasting, reduction and the moving about of elements. */
public final class ReferenceShapes {

  private ReferenceShapes() {}

  /** Returns the coordinates of a row-major position. */
  static int[] coordinates(Shape shape, long position) {
    int[] c = new int[shape.rank()];
    for (int axis = c.length - 1; axis >= 0; axis--) {
      c[axis] = (int) (position % shape.dim(axis));
      position /= shape.dim(axis);
    }
    return c;
  }

  /**
   * Returns the position in a small shape that broadcasting pairs with coordinates of a larger one.
   */
  static int broadcastPosition(Shape small, int[] coordinates) {
    int missing = coordinates.length - small.rank();
    long position = 0;
    for (int axis = 0; axis < small.rank(); axis++) {
      int c = small.dim(axis) == 1 ? 0 : coordinates[axis + missing];
      position = position * small.dim(axis) + c;
    }
    return (int) position;
  }

  /** Returns op(a, b) with broadcasting. */
  public static double[] binary(BinarySpec s, double[] a, double[] b) {
    double[] out = new double[(int) s.out().size()];
    for (int i = 0; i < out.length; i++) {
      int[] c = coordinates(s.out(), i);
      double x = a[broadcastPosition(s.a(), c)];
      double y = b[broadcastPosition(s.b(), c)];
      out[i] =
          switch (s.op()) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> x / y;
          };
    }
    return out;
  }

  /** Returns the sums or means over the axes that the output lacks. */
  public static double[] reduce(ReduceSpec s, double[] x) {
    double[] y = new double[(int) s.out().size()];
    for (int i = 0; i < x.length; i++) {
      y[broadcastPosition(s.out(), coordinates(s.in(), i))] += x[i];
    }
    if (s.op() == ReduceOp.MEAN) {
      for (int i = 0; i < y.length; i++) {
        y[i] /= s.count();
      }
    }
    return y;
  }

  /** Returns the elements in the order of the permuted axes. */
  public static double[] permute(PermuteSpec s, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int[] to = coordinates(s.out(), i);
      int[] from = new int[to.length];
      for (int axis = 0; axis < to.length; axis++) {
        from[s.axes().get(axis)] = to[axis];
      }
      y[i] = x[broadcastPosition(s.in(), from)];
    }
    return y;
  }

  /** Writes {@code dst block = src block + beta * dst block} in place. */
  public static void copyBlock(CopySpec s, double[] src, double beta, double[] dst) {
    for (long r = 0; r < s.rows(); r++) {
      for (long i = 0; i < s.width(); i++) {
        int from = (int) (s.srcOffset() + r * s.srcStride() + i);
        int to = (int) (s.dstOffset() + r * s.dstStride() + i);
        dst[to] = src[from] + (beta == 0 ? 0 : beta * dst[to]);
      }
    }
  }

  /** Returns the index of the first largest element along the axis; NaN is larger than all. */
  public static int[] argMax(AxisSpec s, double[] x) {
    int inner = (int) s.inner();
    int[] y = new int[(int) s.outer() * inner];
    for (int o = 0; o < s.outer(); o++) {
      for (int i = 0; i < inner; i++) {
        int best = 0;
        for (int e = 1; e < s.extent(); e++) {
          double candidate = x[(o * s.extent() + e) * inner + i];
          double largest = x[(o * s.extent() + best) * inner + i];
          if (candidate > largest || (Double.isNaN(candidate) && !Double.isNaN(largest))) {
            best = e;
          }
        }
        y[o * inner + i] = best;
      }
    }
    return y;
  }

  /** Writes {@code dst = src + beta * dst} for the elements that the spec names, in place. */
  public static void stridedCopy(StridedSpec s, double[] src, double beta, double[] dst) {
    Shape extents = s.extents();
    for (long n = 0; n < extents.size(); n++) {
      long rest = n;
      int from = (int) s.srcOffset();
      int to = (int) s.dstOffset();
      for (int axis = extents.rank() - 1; axis >= 0; axis--) {
        long at = rest % extents.dim(axis);
        rest /= extents.dim(axis);
        from += (int) (at * s.srcSteps().get(axis));
        to += (int) (at * s.dstSteps().get(axis));
      }
      dst[to] = src[from] + (beta == 0 ? 0 : beta * dst[to]);
    }
  }

  /** Returns the elements on one side of a diagonal, and 0 for the others. */
  public static double[] triangle(TriangleSpec s, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = s.keeps(i / s.cols() % s.rows(), i % s.cols()) ? x[i] : 0;
    }
    return y;
  }
}

package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Elements repeated, reversed, shifted and picked by regular steps. */
public final class Layouts {

  private Layouts() {}

  /** Returns how far neighbours along each axis are apart. */
  static long[] steps(Shape s) {
    long[] steps = new long[s.rank()];
    long step = 1;
    for (int a = s.rank() - 1; a >= 0; a--) {
      steps[a] = step;
      step *= s.dim(a);
    }
    return steps;
  }

  static List<Long> list(long[] steps) {
    List<Long> list = new ArrayList<>(steps.length);
    for (long step : steps) {
      list.add(step);
    }
    return list;
  }

  /**
   * Records a copy that fills its output.
   *
   * @param all whether it reads each element of x, so that nothing of the gradient is 0
   */
  private static Tensor copied(String name, Tensor x, Shape out, StridedSpec spec, boolean all) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Tensor y = step.empty(out);
    Backend backend = x.device().backend();
    backend.stridedCopy(spec, x.buffer(), 0, y.buffer());
    if (!step.records(x)) {
      return y;
    }
    StridedSpec back = spec.reversed();
    return step.record(
        name,
        y,
        g -> {
          float beta = g.beta(x);
          if (beta == 0 && !all) {
            backend.fill(g.of(x), x.size(), 0);
            beta = 1;
          }
          backend.stridedCopy(back, g.upstream(), beta, g.of(x));
        });
  }

  /**
   * Repeats axes of extent 1, and new ones in front, without a number being computed.
   *
   * @param dims the extents wanted; -1 leaves an axis as it is
   * @throws IllegalArgumentException if x does not broadcast to them
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html">
   *     torch.Tensor.expand</a>
   */
  public static Tensor expand(Tensor x, int... dims) {
    Shape s = x.shape();
    int missing = dims.length - s.rank();
    int[] d = dims.clone();
    boolean fits = missing >= 0;
    for (int a = 0; fits && a < d.length; a++) {
      int own = a < missing ? 1 : s.dim(a - missing);
      d[a] = d[a] == -1 && a >= missing ? own : d[a];
      fits = d[a] >= 0 && (own == 1 || own == d[a]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "expand: tensor "
              + s
              + " does not broadcast to "
              + Arrays.toString(dims)
              + ": aligned at their last axes, extents have to be 1 or equal, and none may be"
              + " lost");
    }
    Shape out = Shape.of(d);
    if (out.equals(s)) {
      return x;
    }
    Step step = Checks.step("expand", x);
    Checks.floats("expand", x);
    long[] from = new long[d.length];
    long[] own = steps(s);
    for (int a = missing; a < d.length; a++) {
      from[a] = s.dim(a - missing) == 1 ? 0 : own[a - missing];
    }
    Tensor y = step.empty(out);
    Backend backend = x.device().backend();
    StridedSpec spec = new StridedSpec(out, 0, list(from), 0, list(steps(out)));
    backend.stridedCopy(spec, x.buffer(), 0, y.buffer());
    ReduceSpec back = new ReduceSpec(ReduceOp.SUM, out, s);
    return step.records(x)
        ? step.record("expand", y, g -> backend.reduce(back, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  /**
   * Repeats the whole tensor along each axis.
   *
   * @param times how often along each axis; more numbers than axes make new ones in front
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.repeat.html">
   *     torch.Tensor.repeat</a>
   */
  public static Tensor repeat(Tensor x, int... times) {
    Shape s = x.shape();
    int missing = times.length - s.rank();
    if (missing < 0 || Arrays.stream(times).anyMatch(t -> t < 0)) {
      throw new IllegalArgumentException(
          "repeat: "
              + Arrays.toString(times)
              + " times for tensor "
              + s
              + ": give a number, 0 at least, for each of its axes");
    }
    int[] single = new int[2 * times.length];
    int[] pairs = new int[2 * times.length];
    int[] out = new int[times.length];
    for (int a = 0; a < times.length; a++) {
      int own = a < missing ? 1 : s.dim(a - missing);
      single[2 * a] = 1;
      single[2 * a + 1] = own;
      pairs[2 * a] = times[a];
      pairs[2 * a + 1] = own;
      out[a] = Math.multiplyExact(times[a], own);
    }
    return Shaping.reshape(expand(Shaping.reshape(x, single), pairs), out);
  }

  /**
   * Reverses the order along some axes.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.flip.html">torch.flip</a>
   */
  public static Tensor flip(Tensor x, int... axes) {
    Shape s = x.shape();
    long[] from = steps(s);
    long offset = 0;
    for (int axis : axes) {
      int a = s.axis(axis);
      if (from[a] < 0) {
        throw new IllegalArgumentException(
            "flip: " + Arrays.toString(axes) + " of tensor " + s + " name an axis twice");
      }
      offset += Math.max(0, s.dim(a) - 1) * from[a];
      from[a] = -from[a];
    }
    return copied("flip", x, s, new StridedSpec(s, offset, list(from), 0, list(steps(s))), true);
  }

  /**
   * Shifts elements along an axis; those that leave at one end come in at the other.
   *
   * @param shift how far towards the end; may be negative or larger than the axis
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.roll.html">torch.roll</a>
   */
  public static Tensor roll(Tensor x, int shift, int axis) {
    int extent = x.dim(axis);
    int cut = extent == 0 ? 0 : Math.floorMod(-(long) shift, extent);
    return cut == 0
        ? x
        : Shaping.concat(axis, Shaping.slice(x, axis, cut, extent), Shaping.slice(x, axis, 0, cut));
  }

  /**
   * Returns the elements on a diagonal of two axes, as a new last axis.
   *
   * @param offset 0 for the main diagonal, above that for those to its right
   * @throws IllegalArgumentException if both axes are one
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.diagonal.html">torch.diagonal</a>
   */
  public static Tensor diagonal(Tensor x, int offset, int axis0, int axis1) {
    Shape s = x.shape();
    int rowAxis = s.axis(axis0);
    int colAxis = s.axis(axis1);
    if (rowAxis == colAxis) {
      throw new IllegalArgumentException(
          "diagonal: axes " + axis0 + " and " + axis1 + " of tensor " + s + " are the same");
    }
    long row = Math.max(0, -(long) offset);
    long col = Math.max(0, (long) offset);
    long length = Math.max(0, Math.min(s.dim(rowAxis) - row, s.dim(colAxis) - col));
    long[] own = steps(s);
    int[] dims = new int[s.rank() - 1];
    long[] from = new long[s.rank() - 1];
    int next = 0;
    for (int a = 0; a < s.rank(); a++) {
      if (a != rowAxis && a != colAxis) {
        dims[next] = s.dim(a);
        from[next++] = own[a];
      }
    }
    dims[next] = (int) length;
    from[next] = own[rowAxis] + own[colAxis];
    Shape out = Shape.of(dims);
    long start = length == 0 ? 0 : row * own[rowAxis] + col * own[colAxis];
    StridedSpec spec = new StridedSpec(out, start, list(from), 0, list(steps(out)));
    return copied("diagonal", x, out, spec, false);
  }

  /**
   * Returns windows along an axis, their elements on a new last axis.
   *
   * @param size elements of a window
   * @param step how far windows are apart
   * @throws IllegalArgumentException if no window fits, or the step is below 1
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.unfold.html">
   *     torch.Tensor.unfold</a>
   */
  public static Tensor unfold(Tensor x, int axis, int size, int step) {
    Shape s = x.shape();
    int a = s.axis(axis);
    if (size < 0 || size > s.dim(a) || step < 1) {
      throw new IllegalArgumentException(
          "unfold: windows of "
              + size
              + " at steps of "
              + step
              + " along axis "
              + axis
              + " of tensor "
              + s
              + ": give 0 <= size <= "
              + s.dim(a)
              + " and a step of 1 or more");
    }
    int[] dims = Arrays.copyOf(s.toArray(), s.rank() + 1);
    dims[a] = (s.dim(a) - size) / step + 1;
    dims[s.rank()] = size;
    Shape out = Shape.of(dims);
    long[] from = Arrays.copyOf(steps(s), s.rank() + 1);
    from[s.rank()] = from[a];
    from[a] *= step;
    StridedSpec spec = new StridedSpec(out, 0, list(from), 0, list(steps(out)));
    Step open = Checks.step("unfold", x);
    Checks.floats("unfold", x);
    Tensor y = open.empty(out);
    x.device().backend().stridedCopy(spec, x.buffer(), 0, y.buffer());
    return open.records(x) ? open.record("unfold", y, g -> unfoldBackward(spec, size, x, g)) : y;
  }

  /** Adds one element of all windows after the other, because windows may overlap. */
  private static void unfoldBackward(StridedSpec s, int size, Tensor x, Gradients g) {
    Backend backend = x.device().backend();
    if (g.beta(x) == 0) {
      backend.fill(g.of(x), x.size(), 0);
    }
    int last = s.extents().rank() - 1;
    Shape windows = s.extents().without(last);
    for (int k = 0; k < size; k++) {
      StridedSpec one =
          new StridedSpec(
              windows,
              k * s.dstSteps().get(last),
              s.dstSteps().subList(0, last),
              k * s.srcSteps().get(last),
              s.srcSteps().subList(0, last));
      backend.stridedCopy(one, g.upstream(), 1, g.of(x));
    }
  }

  /**
   * Returns matrices with what is on one side of a diagonal made 0.
   *
   * @param diagonal 0 for the main one, above that for those to its right; it stays itself
   * @param upper whether what is above it stays (torch.triu), and not what is below (torch.tril)
   * @throws IllegalArgumentException if x has not two axes at least
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.tril.html">torch.tril</a>
   */
  public static Tensor triangle(Tensor x, int diagonal, boolean upper) {
    String name = upper ? "triu" : "tril";
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw new IllegalArgumentException(
          name + ": tensor " + s + " has no rows and columns; two axes at least are needed");
    }
    TriangleSpec spec =
        new TriangleSpec(s.product(0, s.rank() - 2), s.dim(-2), s.dim(-1), diagonal, upper);
    Tensor y = step.empty(s);
    Backend backend = x.device().backend();
    backend.triangle(spec, x.buffer(), 0, y.buffer());
    return step.records(x)
        ? step.record(name, y, g -> backend.triangle(spec, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }
}

package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.StridedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Elements put around a tensor. */
public final class Padding {

  /** What is put there. */
  public enum Mode {
    /** One value. */
    CONSTANT,
    /** The tensor mirrored at its first and last element, which are not repeated. */
    REFLECT,
    /** The first and the last element, again and again. */
    REPLICATE,
    /** The tensor's other end. */
    CIRCULAR
  }

  private Padding() {}

  /**
   * Pads the last axes; PyTorch takes at most three of them where it is not by a constant.
   *
   * @param value what {@link Mode#CONSTANT} puts there
   * @param widths two for each axis, before and behind it, from the last axis on; negative ones cut
   *     off, by a constant only
   * @throws IllegalArgumentException if widths are no pairs, more than there are axes, or larger
   *     than the mode can fill: the extent less 1 for reflect, the extent for circular
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html">
   *     torch.nn.functional.pad</a>
   */
  public static Tensor pad(Tensor x, Mode mode, float value, int... widths) {
    Shape s = x.shape();
    if (widths.length % 2 != 0 || widths.length / 2 > s.rank()) {
      throw new IllegalArgumentException(
          "pad: widths "
              + Arrays.toString(widths)
              + " for tensor "
              + s
              + ": give two for each axis, from the last on");
    }
    int[][] byAxis = new int[s.rank()][2];
    for (int i = 0; i < widths.length; i++) {
      byAxis[s.rank() - 1 - i / 2][i % 2] = widths[i];
    }
    if (mode == Mode.CONSTANT) {
      return constant(x, byAxis, value);
    }
    Tensor y = x;
    for (int a = s.rank() - 1; a >= 0; a--) {
      y = joined(y, mode, a, byAxis[a][0], byAxis[a][1]);
    }
    return y;
  }

  private static Tensor joined(Tensor x, Mode mode, int axis, int before, int after) {
    if (before == 0 && after == 0) {
      return x;
    }
    int extent = x.dim(axis);
    int most =
        switch (mode) {
          case REFLECT -> extent - 1;
          case CIRCULAR -> extent;
          default -> extent == 0 ? 0 : Integer.MAX_VALUE;
        };
    if (before < 0 || after < 0 || before > most || after > most) {
      throw new IllegalArgumentException(
          "pad: "
              + before
              + " before and "
              + after
              + " behind axis "
              + axis
              + " of tensor "
              + x.shape()
              + " by "
              + mode
              + ": give 0 to "
              + Math.max(0, most));
    }
    List<Tensor> parts = new ArrayList<>(3);
    if (before > 0) {
      parts.add(side(x, mode, axis, before, true));
    }
    parts.add(x);
    if (after > 0) {
      parts.add(side(x, mode, axis, after, false));
    }
    return Shaping.concat(axis, parts.toArray(Tensor[]::new));
  }

  private static Tensor side(Tensor x, Mode mode, int axis, int width, boolean before) {
    int extent = x.dim(axis);
    return switch (mode) {
      case REFLECT -> {
        int from = before ? 1 : extent - 1 - width;
        yield Layouts.flip(Shaping.slice(x, axis, from, from + width), axis);
      }
      case CIRCULAR -> {
        int from = before ? extent - width : 0;
        yield Shaping.slice(x, axis, from, from + width);
      }
      default -> {
        int at = before ? 0 : extent - 1;
        Tensor edge = Shaping.slice(x, axis, at, at + 1);
        yield Layouts.expand(edge, x.shape().with(axis, width).toArray());
      }
    };
  }

  /**
   * Puts one value around a tensor.
   *
   * @param widths before and behind each axis; negative ones cut off
   */
  static Tensor constant(Tensor x, int[][] widths, float value) {
    Tensor inner = x;
    int rank = x.shape().rank();
    int[] dims = new int[rank];
    long offset = 0;
    boolean grows = false;
    for (int a = 0; a < rank; a++) {
      int from = Math.max(0, -widths[a][0]);
      int to = x.dim(a) - Math.max(0, -widths[a][1]);
      if (from > 0 || to < x.dim(a)) {
        inner = Shaping.slice(inner, a, from, to);
      }
      dims[a] = inner.dim(a) + Math.max(0, widths[a][0]) + Math.max(0, widths[a][1]);
      grows |= dims[a] > inner.dim(a);
    }
    if (!grows) {
      return inner;
    }
    Shape out = Shape.of(dims);
    long[] steps = Layouts.steps(out);
    for (int a = 0; a < rank; a++) {
      offset += Math.max(0, widths[a][0]) * steps[a];
    }
    Shape block = inner.shape();
    return placed(
        inner,
        out,
        value,
        new StridedSpec(block, 0, Layouts.list(Layouts.steps(block)), offset, Layouts.list(steps)));
  }

  private static Tensor placed(Tensor x, Shape out, float value, StridedSpec spec) {
    Step step = Checks.step("pad", x);
    Checks.floats("pad", x);
    Tensor y = step.empty(out);
    Backend backend = x.device().backend();
    backend.fill(y.buffer(), y.size(), value);
    backend.stridedCopy(spec, x.buffer(), 0, y.buffer());
    if (!step.records(x)) {
      return y;
    }
    StridedSpec back = spec.reversed();
    return step.record("pad", y, g -> backend.stridedCopy(back, g.upstream(), g.beta(x), g.of(x)));
  }
}

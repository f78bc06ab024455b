package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Changes of shape. */
public final class Shaping {

  private Shaping() {}

  /**
   * Returns the same elements under another shape; one extent may be -1 and follows from the
   * others.
   */
  public static Tensor reshape(Tensor x, int... dims) {
    int[] d = dims.clone();
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < d.length; i++) {
      if (d[i] == -1 && unknown < 0) {
        unknown = i;
      } else if (d[i] < 0) {
        throw new IllegalArgumentException(
            "reshape: "
                + Arrays.toString(dims)
                + " of tensor "
                + x.shape()
                + ": at most one extent may be -1, all others >= 0");
      } else {
        known *= d[i];
      }
    }
    if (unknown >= 0 && known > 0) {
      d[unknown] = Math.toIntExact(x.size() / known);
      known *= d[unknown];
    }
    if (known != x.size() || unknown >= 0 && d[unknown] < 0) {
      throw new IllegalArgumentException(
          "reshape: tensor "
              + x.shape()
              + " has "
              + x.size()
              + " elements, which do not fill "
              + Arrays.toString(dims));
    }
    return reshape(x, Shape.of(d));
  }

  /** Returns the elements with all axes from {@code startAxis} on made one. */
  public static Tensor flatten(Tensor x, int startAxis) {
    Shape s = x.shape();
    int start = s.rank() == 0 ? 0 : s.axis(startAxis);
    if (start == s.rank() - 1) {
      return x;
    }
    int rest = Math.toIntExact(s.product(start, s.rank()));
    if (start == 1) {
      return reshape(x, Shape.of(s.dim(0), rest));
    }
    int[] d = Arrays.copyOf(s.toArray(), start + 1);
    d[start] = rest;
    return reshape(x, Shape.of(d));
  }

  private static Tensor reshape(Tensor x, Shape shape) {
    Step step = Checks.step("reshape", x);
    Tensor y = x.view(step, shape);
    return step.records(x) ? step.record("reshape", y, g -> g.pass(x)) : y;
  }

  /** Returns the elements with axes reordered. */
  public static Tensor permute(Tensor x, int... axes) {
    Step step = Checks.step("permute", x);
    Checks.floats("permute", x);
    int rank = x.shape().rank();
    List<Integer> order = new ArrayList<>();
    Integer[] inverse = new Integer[rank];
    boolean valid = axes.length == rank;
    for (int i = 0; valid && i < rank; i++) {
      int a = x.shape().axis(axes[i]);
      valid = inverse[a] == null;
      inverse[a] = i;
      order.add(a);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "permute: "
              + Arrays.toString(axes)
              + " of tensor "
              + x.shape()
              + ": name each of its axes once");
    }
    PermuteSpec spec = new PermuteSpec(x.shape(), order);
    Tensor y = step.empty(spec.out());
    Backend backend = x.device().backend();
    backend.permute(spec, x.buffer(), 0, y.buffer());
    if (!step.records(x)) {
      return y;
    }
    PermuteSpec back = new PermuteSpec(y.shape(), List.of(inverse));
    return step.record("permute", y, g -> backend.permute(back, g.upstream(), g.beta(x), g.of(x)));
  }

  /** Returns the elements with two axes exchanged. */
  public static Tensor transpose(Tensor x, int axis0, int axis1) {
    int[] axes = new int[x.shape().rank()];
    Arrays.setAll(axes, i -> i);
    int a = x.shape().axis(axis0);
    int b = x.shape().axis(axis1);
    axes[a] = b;
    axes[b] = a;
    return permute(x, axes);
  }

  /** Returns the elements of some indices along one axis. */
  public static Tensor slice(Tensor x, int axis, int from, int to) {
    Step step = Checks.step("slice", x);
    Checks.floats("slice", x);
    AxisSpec s = AxisSpec.of(x.shape(), axis);
    if (from < 0 || to < from || to > s.extent()) {
      throw new IllegalArgumentException(
          "slice: "
              + from
              + " to "
              + to
              + " along axis "
              + axis
              + " of tensor "
              + x.shape()
              + ": give 0 <= from <= to <= "
              + s.extent());
    }
    Tensor y = step.empty(x.shape().with(axis, to - from));
    long width = (to - from) * s.inner();
    long stride = s.extent() * s.inner();
    Backend backend = x.device().backend();
    backend.copyBlock(
        new CopySpec(s.outer(), width, from * s.inner(), stride, 0, width),
        x.buffer(),
        0,
        y.buffer());
    if (!step.records(x)) {
      return y;
    }
    CopySpec back = new CopySpec(s.outer(), width, 0, width, from * s.inner(), stride);
    return step.record("slice", y, g -> sliceBackward(back, x, g));
  }

  private static void sliceBackward(CopySpec back, Tensor x, Gradients g) {
    Backend backend = x.device().backend();
    if (g.beta(x) == 0) { // what lies outside the slice has gradient 0
      backend.fill(g.of(x), x.size(), 0);
    }
    backend.copyBlock(back, g.upstream(), 1, g.of(x));
  }

  /** Returns tensors joined along one axis. */
  public static Tensor concat(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("concat: there is nothing to join");
    }
    Tensor first = parts[0];
    Step step = Checks.step("concat", first);
    int extent = 0;
    boolean records = false;
    for (Tensor p : parts) {
      Checks.sameDevice("concat", first, p);
      Checks.floats("concat", p);
      if (p.shape().rank() != first.shape().rank()
          || !p.shape().without(axis).equals(first.shape().without(axis))) {
        throw Checks.mismatch(
            "concat", first.shape(), p.shape(), "all axes but " + axis + " have to be equal");
      }
      extent += p.dim(axis);
      records |= step.records(p);
    }
    Tensor y = step.empty(DType.FLOAT32, first.shape().with(axis, extent));
    Tensor[] inputs = parts.clone();
    copyParts(inputs, axis, y);
    return records ? step.record("concat", y, g -> concatBackward(inputs, axis, y, g)) : y;
  }

  private static void copyParts(Tensor[] parts, int axis, Tensor y) {
    AxisSpec out = AxisSpec.of(y.shape(), axis);
    long stride = out.extent() * out.inner();
    long offset = 0;
    for (Tensor p : parts) {
      long width = p.dim(axis) * out.inner();
      CopySpec copy = new CopySpec(out.outer(), width, 0, width, offset, stride);
      y.device().backend().copyBlock(copy, p.buffer(), 0, y.buffer());
      offset += width;
    }
  }

  private static void concatBackward(Tensor[] parts, int axis, Tensor y, Gradients g) {
    AxisSpec out = AxisSpec.of(y.shape(), axis);
    long stride = out.extent() * out.inner();
    long offset = 0;
    for (Tensor p : parts) {
      long width = p.dim(axis) * out.inner();
      if (g.needs(p)) {
        CopySpec copy = new CopySpec(out.outer(), width, offset, stride, 0, width);
        y.device().backend().copyBlock(copy, g.upstream(), g.beta(p), g.of(p));
      }
      offset += width;
    }
  }

  /**
   * Returns tensors of one shape joined along a new axis.
   *
   * @param axis where the new axis comes to be; negative counts from the end of the result's
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.stack.html">torch.stack</a>
   */
  public static Tensor stack(int axis, Tensor... parts) {
    Tensor[] raised = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].shape().equals(parts[0].shape())) {
        throw Checks.mismatch(
            "stack", parts[0].shape(), parts[i].shape(), "all shapes have to be equal");
      }
      raised[i] = unsqueeze(parts[i], axis);
    }
    return concat(axis, raised);
  }

  /**
   * Returns the parts of given extents along an axis.
   *
   * @param extents of the parts, whose sum is the axis's
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.split.html">torch.split</a>
   */
  public static List<Tensor> split(Tensor x, int axis, int... extents) {
    if (Arrays.stream(extents).asLongStream().sum() != x.dim(axis)
        || Arrays.stream(extents).anyMatch(e -> e < 0)) {
      throw new IllegalArgumentException(
          "split: "
              + Arrays.toString(extents)
              + " along axis "
              + axis
              + " of tensor "
              + x.shape()
              + ": extents have to be 0 or more, and "
              + x.dim(axis)
              + " together");
    }
    List<Tensor> parts = new ArrayList<>(extents.length);
    int from = 0;
    for (int extent : extents) {
      parts.add(slice(x, axis, from, from + extent));
      from += extent;
    }
    return parts;
  }

  /**
   * Returns parts of one extent along an axis; the last may be smaller.
   *
   * @throws IllegalArgumentException if the extent is not 1 or more
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.split.html">torch.split</a>
   */
  public static List<Tensor> splitEvery(Tensor x, int axis, int extent) {
    if (extent < 1) {
      throw new IllegalArgumentException(
          "split: parts of " + extent + " of tensor " + x.shape() + "; give 1 or more");
    }
    int count = Math.max(1, Math.ceilDiv(x.dim(axis), extent));
    int[] extents = new int[count];
    Arrays.fill(extents, extent);
    extents[count - 1] = x.dim(axis) - (count - 1) * extent;
    return split(x, axis, extents);
  }

  /**
   * Returns a number of parts of one extent along an axis, the last of which may be smaller; fewer
   * where the axis does not go that far.
   *
   * @throws IllegalArgumentException if the number is not 1 or more
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.chunk.html">torch.chunk</a>
   */
  public static List<Tensor> chunk(Tensor x, int axis, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "chunk: " + count + " parts of tensor " + x.shape() + "; give 1 or more");
    }
    return splitEvery(x, axis, Math.max(1, Math.ceilDiv(x.dim(axis), count)));
  }

  /** Returns the elements with a new axis of extent 1; a negative one counts from the new end. */
  public static Tensor unsqueeze(Tensor x, int axis) {
    int[] old = x.shape().toArray();
    int a = axis < 0 ? axis + old.length + 1 : axis;
    if (a < 0 || a > old.length) {
      throw new IllegalArgumentException(
          "unsqueeze: axis "
              + axis
              + " for tensor "
              + x.shape()
              + ": give "
              + (-old.length - 1)
              + " to "
              + old.length);
    }
    int[] dims = Arrays.copyOf(old, old.length + 1);
    System.arraycopy(old, a, dims, a + 1, old.length - a);
    dims[a] = 1;
    return reshape(x, Shape.of(dims));
  }

  /** Returns the elements without the axes named that have extent 1; without names, without all. */
  public static Tensor squeeze(Tensor x, int... axes) {
    Shape s = x.shape();
    boolean[] named = new boolean[s.rank()];
    Arrays.fill(named, axes.length == 0);
    for (int axis : axes) {
      named[s.axis(axis)] = true;
    }
    int[] dims = new int[s.rank()];
    int count = 0;
    for (int a = 0; a < s.rank(); a++) {
      if (!named[a] || s.dim(a) != 1) {
        dims[count++] = s.dim(a);
      }
    }
    return reshape(x, Shape.of(Arrays.copyOf(dims, count)));
  }
}

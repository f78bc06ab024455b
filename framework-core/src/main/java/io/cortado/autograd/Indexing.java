package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.IndexSpec;
import java.util.Arrays;

/**
 * Elements by their numbers along an axis.
 *
 * <p>An index outside of the axis is an {@link IllegalArgumentException} where the host knows the
 * indices, as it does all that came from it, and on a CPU in any case. On a GPU, whose memory is
 * not looked at, others give NaN where they are gathered by and nothing where they are scattered
 * by, and the end of the step throws the exception.
 */
public final class Indexing {

  private Indexing() {}

  /**
   * Picks elements along an axis: {@code y[i, j, k] = x[i, indices[i, j, k], k]} for axis 1 of
   * three.
   *
   * <p>The gradient of an element is the sum over the places that it was picked for, in the order
   * of the indices.
   *
   * @param indices int32, of x's rank, and of its extents or smaller ones on all axes but one
   * @return of the indices' shape
   * @throws IllegalArgumentException if the shapes do not fit, or an index is known to be outside
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.gather.html">torch.gather</a>
   */
  public static Tensor gather(Tensor x, int axis, Tensor indices) {
    checkIndices("gather", x, axis, indices);
    Tensor part = x;
    for (int a = 0; a < x.shape().rank(); a++) {
      if (a != x.shape().axis(axis) && indices.dim(a) != x.dim(a)) {
        part = Shaping.slice(part, a, 0, indices.dim(a));
      }
    }
    return pick("gather", part, axis, indices, indices.shape(), false);
  }

  /**
   * Picks elements with indices that serve for a whole axis: {@link #gather} with x repeated along
   * axes of extent 1.
   *
   * @param indices int32, of x's rank; its extents are x's on all axes but one, or x's are 1
   * @return of the indices' shape
   * @throws IllegalArgumentException if the shapes do not fit, or an index is known to be outside
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.take_along_dim.html">
   *     torch.take_along_dim</a>, which repeats indices too
   */
  public static Tensor takeAlongDim(Tensor x, Tensor indices, int axis) {
    Shape s = x.shape();
    if (s.rank() != indices.shape().rank() || s.rank() == 0) {
      throw Checks.mismatch("takeAlongDim", s, indices.shape(), "both need the same rank");
    }
    Shape wanted = indices.shape().with(axis, s.dim(axis));
    Tensor repeated = s.equals(wanted) ? x : Layouts.expand(x, wanted.toArray());
    return gather(repeated, axis, indices);
  }

  /**
   * Picks whole slices along an axis: {@code y[i, j, k] = x[i, indices[j], k]} for axis 1 of three.
   *
   * @param indices int32, one axis
   * @return x's shape with the indices' extent on the axis
   * @throws IllegalArgumentException if indices have not one axis, or one is known to be outside
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.index_select.html">
   *     torch.index_select</a>
   */
  public static Tensor indexSelect(Tensor x, int axis, Tensor indices) {
    Checks.ints("indexSelect", indices);
    if (indices.shape().rank() != 1) {
      throw Checks.mismatch(
          "indexSelect", x.shape(), indices.shape(), "the indices need exactly one axis");
    }
    Shape out = x.shape().with(axis, indices.dim(0));
    return pick("indexSelect", x, axis, indices, out, true);
  }

  static Tensor pick(String name, Tensor x, int axis, Tensor indices, Shape out, boolean shared) {
    Step step = Checks.step(name, x);
    Checks.sameDevice(name, x, indices);
    Checks.floats(name, x);
    IndexSpec spec = spec(name, x.shape(), axis, out.dim(axis), shared);
    Checks.within(name, indices, spec.extent(), "the places along axis " + axis + " of", x.shape());
    Tensor y = step.empty(out);
    Backend backend = x.device().backend();
    backend.gather(spec, indices.buffer(), x.buffer(), 0, y.buffer());
    return step.records(x)
        ? step.record(
            name,
            y,
            g -> backend.scatterAdd(spec, indices.buffer(), g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  private static IndexSpec spec(String name, Shape shape, int axis, int count, boolean shared) {
    AxisSpec a = AxisSpec.of(shape, axis);
    return new IndexSpec(name, a.outer(), a.extent(), count, a.inner(), shared);
  }

  private static void checkIndices(String name, Tensor x, int axis, Tensor indices) {
    Checks.ints(name, indices);
    Shape s = x.shape();
    Shape i = indices.shape();
    boolean fits = s.rank() == i.rank() && s.rank() > 0;
    for (int a = 0; fits && a < s.rank(); a++) {
      fits = a == s.axis(axis) || i.dim(a) <= s.dim(a);
    }
    if (!fits) {
      throw Checks.mismatch(
          name,
          s,
          i,
          "the indices need the tensor's rank, one at least, and no larger extents but on axis "
              + axis);
    }
  }

  /**
   * Adds elements where their indices say: {@code y = x}, and then {@code y[i, indices[i, j, k], k]
   * += src[i, j, k]} for axis 1 of three.
   *
   * <p>What comes to one place is added up in the order of the indices: the same bits each time.
   *
   * @param indices int32, of x's rank, and of x's extents or smaller ones on all axes but one
   * @param src of the indices' extents or larger ones; what is beyond them is not used
   * @return of x's shape
   * @throws IllegalArgumentException if the shapes do not fit, or an index is known to be outside
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html">
   *     torch.scatter_add</a>
   */
  public static Tensor scatterAdd(Tensor x, int axis, Tensor indices, Tensor src) {
    checkIndices("scatterAdd", x, axis, indices);
    Shape i = indices.shape();
    if (src.shape().rank() != i.rank()) {
      throw Checks.mismatch(
          "scatterAdd", src.shape(), i, "the source needs the rank of the indices");
    }
    Tensor part = src;
    for (int a = 0; a < i.rank(); a++) {
      if (i.dim(a) > src.dim(a)) {
        throw Checks.mismatch(
            "scatterAdd", src.shape(), i, "the source is smaller than the indices on axis " + a);
      }
      if (i.dim(a) < src.dim(a)) {
        part = Shaping.slice(part, a, 0, i.dim(a));
      }
    }
    Shape covered = i.with(axis, x.dim(axis));
    if (covered.equals(x.shape())) {
      return addAt("scatterAdd", x, axis, indices, part, false);
    }
    // Only a corner of x is reached.
    Step step = Checks.step("scatterAdd", x);
    Tensor corner = addAt("scatterAdd", step.zeros(covered.toArray()), axis, indices, part, false);
    int[][] widths = new int[i.rank()][2];
    Arrays.setAll(widths, a -> new int[] {0, x.dim(a) - covered.dim(a)});
    return x.add(Padding.constant(corner, widths, 0));
  }

  /**
   * Adds whole slices where their indices say: {@code y = x}, and then {@code y[i, indices[j], k]
   * += src[i, j, k]} for axis 1 of three.
   *
   * <p>What comes to one place is added up in the order of the indices: the same bits each time.
   *
   * @param indices int32, one axis
   * @param src x's shape with the indices' extent on the axis
   * @return of x's shape
   * @throws IllegalArgumentException if the shapes do not fit, or an index is known to be outside
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.index_add.html">
   *     torch.index_add</a>
   */
  public static Tensor indexAdd(Tensor x, int axis, Tensor indices, Tensor src) {
    Checks.ints("indexAdd", indices);
    if (indices.shape().rank() != 1 || !src.shape().equals(x.shape().with(axis, indices.dim(0)))) {
      throw new IllegalArgumentException(
          "indexAdd: tensor %s, indices %s and source %s; one axis of indices is needed, and a source of the tensor's shape but for one slice for each of them on axis %d"
              .formatted(x.shape(), indices.shape(), src.shape(), axis));
    }
    return addAt("indexAdd", x, axis, indices, src, true);
  }

  private static Tensor addAt(
      String name, Tensor x, int axis, Tensor indices, Tensor src, boolean shared) {
    Step step = Checks.step(name, x);
    Checks.sameDevice(name, x, indices);
    Checks.sameDevice(name, x, src);
    Checks.floats(name, x);
    Checks.floats(name, src);
    IndexSpec spec = spec(name, x.shape(), axis, src.dim(axis), shared);
    Checks.within(name, indices, spec.extent(), "the places along axis " + axis + " of", x.shape());
    Tensor y = step.empty(x.shape());
    Backend backend = x.device().backend();
    backend.copy(x.buffer(), 0, y.buffer(), 0, x.size());
    backend.scatterAdd(spec, indices.buffer(), src.buffer(), 1, y.buffer());
    return step.records(x, src)
        ? step.record(
            name,
            y,
            g -> {
              if (g.needs(src)) {
                backend.gather(spec, indices.buffer(), g.upstream(), g.beta(src), g.of(src));
              }
              if (g.needs(x)) {
                g.pass(x);
              }
            })
        : y;
  }

  /**
   * Returns a 1 at each index's place and 0 elsewhere, along a new last axis.
   *
   * <p>Floats, ready to be computed with, where PyTorch's are integers. It has no gradient.
   *
   * @param indices int32, of any shape
   * @param classes the extent of the new axis
   * @return {@code [indices' shape..., classes]}
   * @throws IllegalArgumentException if there is not at least one class, or an index is known to be
   *     none of them
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html">
   *     torch.nn.functional.one_hot</a>
   */
  public static Tensor oneHot(Tensor indices, int classes) {
    Step step = Checks.step("oneHot", indices);
    Checks.ints("oneHot", indices);
    if (classes < 1) {
      throw new IllegalArgumentException("oneHot: " + classes + " classes; at least one is needed");
    }
    int rank = indices.shape().rank();
    int[] dims = Arrays.copyOf(indices.shape().toArray(), rank + 1);
    dims[rank] = classes;
    Checks.within("oneHot", indices, classes, "the classes, for", indices.shape());
    Tensor y = step.empty(Shape.of(dims));
    Backend backend = indices.device().backend();
    IndexSpec spec = new IndexSpec("oneHot", indices.size(), classes, 1, 1, false);
    try (Temporaries temporaries = new Temporaries(step)) {
      var ones = temporaries.floats(indices.size());
      backend.fill(ones, indices.size(), 1);
      backend.scatterAdd(spec, indices.buffer(), ones, 0, y.buffer());
    }
    return y;
  }
}

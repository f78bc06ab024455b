package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;

/**
 * Makes one axis several.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html">torch.nn.Unflatten</a>
 */
public final class Unflatten extends Layer {

  private final int axis;
  private final int[] extents;

  /**
   * Makes a layer.
   *
   * @param axis which one; negative counts from the end
   * @param extents of what it becomes; one may be -1 and follows from the others
   */
  public Unflatten(int axis, int... extents) {
    this.axis = axis;
    this.extents = extents.clone();
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if the extents do not make up the axis
   */
  @Override
  public Tensor forward(Tensor x) {
    Shape s = x.shape();
    int a = s.axis(axis);
    long known =
        Arrays.stream(extents).filter(e -> e != -1).asLongStream().reduce(1, (b, c) -> b * c);
    long unknown = Arrays.stream(extents).filter(e -> e == -1).count();
    boolean fits = unknown == 0 ? known == s.dim(a) : unknown == 1 && known > 0;
    if (!fits || unknown == 1 && s.dim(a) % known != 0) {
      throw new IllegalArgumentException(
          "unflatten: axis %d of input %s cannot become %s; the extents' product has to be %d"
              .formatted(axis, s, Arrays.toString(extents), s.dim(a)));
    }
    int[] dims = new int[s.rank() - 1 + extents.length];
    for (int i = 0; i < dims.length; i++) {
      if (i < a) {
        dims[i] = s.dim(i);
      } else if (i < a + extents.length) {
        int e = extents[i - a];
        dims[i] = e == -1 ? Math.toIntExact(s.dim(a) / known) : e;
      } else {
        dims[i] = s.dim(i - extents.length + 1);
      }
    }
    return x.reshape(dims);
  }

  @Override
  public String toString() {
    return "Unflatten(" + axis + ", " + Arrays.toString(extents) + ")";
  }
}

package io.cortado.loss;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;

/**
 * The sum of the differences between neighbours, {@code |x[i+1, j] - x[i, j]| + |x[i, j+1] - x[i,
 * j]|}, of each picture.
 *
 * <p>Pictures are {@code [N, C, H, W]}, and the loss is one number for each of the N.
 *
 * <p>A term that keeps generated pictures smooth without washing out their edges (Rudin, Osher and
 * Fatemi, 1992). Never alone: its least is a picture of one color.
 */
public final class TotalVariationLoss {

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the pictures' losses; at first the mean. */
  public TotalVariationLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if there are no pictures of rank 4
   */
  public Tensor forward(Tensor pictures) {
    Shape s = pictures.shape();
    if (s.rank() != 4) {
      throw new IllegalArgumentException(
          "totalVariation: shape " + s + ", pictures [N, C, H, W] are needed");
    }
    Tensor down = differences(pictures, 2);
    return Reduced.apply(down.add(differences(pictures, 3)), reduction);
  }

  private static Tensor differences(Tensor x, int axis) {
    int n = x.dim(axis);
    Tensor d = x.slice(axis, 1, n).sub(x.slice(axis, 0, n - 1)).abs();
    return d.reshape(x.dim(0), Math.toIntExact(d.size() / Math.max(1, x.dim(0)))).sum(1, false);
  }
}

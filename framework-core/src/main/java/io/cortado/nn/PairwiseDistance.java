package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.pointwise.Pointwise;

/**
 * {@code (sum |x1 - x2 + eps|^p)^(1/p)} along the last axis.
 *
 * <p>Inputs {@code [N, D]} or {@code [D]}, or what broadcasts; p may be infinite, and 0 counts the
 * differences.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html">torch.nn.PairwiseDistance</a>
 */
public final class PairwiseDistance extends Module {

  private final double p;
  private final double eps;
  private final boolean keepdim;
  private final Pointwise difference;

  /** Makes the Euclidean distance, with an eps of 1e-6. */
  public PairwiseDistance() {
    this(2, 1e-6, false);
  }

  /**
   * Makes a distance.
   *
   * @param p the order of the norm
   * @param eps what is added to each difference, against distances of 0
   * @param keepdim whether the axis stays, with extent 1
   */
  public PairwiseDistance(double p, double eps, boolean keepdim) {
    this.p = p;
    this.eps = eps;
    this.keepdim = keepdim;
    difference = Pointwise.of("distance", (a, b) -> a.sub(b).add((float) eps));
  }

  /**
   * Computes the distances; the gradient of one that is 0 is 0.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast
   */
  public Tensor forward(Tensor x1, Tensor x2) {
    return difference.apply(x1, x2).norm((float) p, new int[] {-1}, keepdim);
  }

  @Override
  public String toString() {
    return "PairwiseDistance(" + p + ", eps=" + eps + ")";
  }
}

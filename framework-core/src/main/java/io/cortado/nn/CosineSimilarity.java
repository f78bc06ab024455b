package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Arithmetic;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.List;

/**
 * {@code x1 x2 / (max(|x1|, eps) max(|x2|, eps))} along one axis.
 *
 * <p>Inputs broadcast; the output lacks the axis. The gradient of a length that was raised to eps
 * is that of {@code x / eps}, as PyTorch's is.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html">torch.nn.CosineSimilarity</a>
 */
public final class CosineSimilarity extends Module {

  private final int dim;
  private final double eps;
  private final Pointwise function;

  /** Makes one of axis 1, with an eps of 1e-8. */
  public CosineSimilarity() {
    this(1, 1e-8);
  }

  /**
   * Makes one.
   *
   * @param dim the axis of the features
   * @param eps the least length
   */
  public CosineSimilarity(int dim, double eps) {
    this.dim = dim;
    this.eps = eps;
    function = Pointwise.of("cosineSimilarity", 3, in -> cosine(in, (float) eps));
  }

  private static Expr cosine(List<Expr> in, float eps) {
    return in.get(0).div(length(in.get(1), eps).mul(length(in.get(2), eps)));
  }

  private static Expr length(Expr squares, float eps) {
    Expr raised = squares.clampMin(eps * eps).sub(squares);
    return squares.add(raised.detach()).sqrt();
  }

  /**
   * Computes the cosines.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast
   */
  public Tensor forward(Tensor x1, Tensor x2) {
    Shape s = Arithmetic.broadcast("cosineSimilarity", x1.shape(), x2.shape());
    return function.apply(x1.mul(x2).sum(dim, false), squares(x1, s), squares(x2, s));
  }

  private Tensor squares(Tensor x, Shape s) {
    Tensor whole = x.shape().equals(s) ? x : x.broadcastTo(s.toArray());
    return whole.square().sum(dim, false);
  }

  @Override
  public String toString() {
    return "CosineSimilarity(" + dim + ", eps=" + eps + ")";
  }
}

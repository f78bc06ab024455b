package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * What poolings by a power have in common: {@code (sum of x^p)^(1/p)} over each window.
 *
 * <p>As in PyTorch, the sum is a mean times the window's extent, so that windows that reach beyond
 * the tensor in ceil mode are scaled up; negative numbers stay so where p is odd, and a sum below 0
 * gives NaN unless its root is defined. Where the sum is 0, so is the gradient.
 *
 * @param <L> the layer itself
 */
public abstract sealed class LPPool<L extends LPPool<L>> extends PoolBase<L>
    permits LPPool1d, LPPool2d {

  private final float p;
  private final Pointwise power;
  private final Pointwise root;

  LPPool(Geometry geometry, double p) {
    super(geometry);
    if (!(p > 0) || Double.isInfinite(p)) {
      throw new IllegalArgumentException(
          "lpPool: the power is "
              + p
              + ", it has to be positive and finite; for infinity take the"
              + " maximum of absolute values");
    }
    this.p = (float) p;
    float count = geometry.windows().kernel().size();
    power = Pointwise.of("lpPool", x -> raised(x, this.p));
    root = Pointwise.of("lpPool", mean -> rooted(mean.mul(count)));
  }

  private static Expr raised(Expr x, float p) {
    return p == 1 ? x.mul(1) : p == 2 ? x.square() : x.pow(p);
  }

  /** The gradient of a root at 0 is infinite, and must not be computed there. */
  private Expr rooted(Expr sum) {
    Expr zero = sum.eq(0);
    Expr other = zero.where(Expr.of(1), sum);
    return zero.where(Expr.of(0), p == 1 ? other : p == 2 ? other.sqrt() : other.pow(1 / p));
  }

  final double power() {
    return p;
  }

  @Override
  public final Tensor forward(Tensor x) {
    return root.apply(super.forward(power.apply(x)));
  }

  @Override
  final PoolSpec.Mode mode() {
    return PoolSpec.Mode.AVERAGE;
  }

  @Override
  final void describe(StringBuilder s) {
    s.append("power ").append(p).append(", ");
  }
}

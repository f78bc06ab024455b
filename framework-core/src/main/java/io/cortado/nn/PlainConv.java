package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.ConvPlan;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.Padding;
import io.cortado.backend.spec.UnaryOp;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What convolutions that are not transposed have in common.
 *
 * @param <L> the layer itself
 */
public abstract sealed class PlainConv<L extends PlainConv<L>> extends ConvBase<L>
    implements FusableLayer permits Conv1d, Conv2d, Conv3d {

  private @Nullable ConvPlan lastPlan;

  PlainConv(String name, ConvGeometry g, boolean withBias) {
    super(name, g, withBias, g.out(), g.in());
  }

  /** Returns a layer like this, whose padding is filled with something else than zeros. */
  public final L paddingMode(Padding.Mode mode) {
    return with(geometry().withPaddingMode(mode));
  }

  /**
   * Returns a layer like this with as much padding as leaves the extents as they are, one more at
   * the end where it is odd: PyTorch's {@code padding="same"}; for a stride of 1.
   */
  public final L paddingSame() {
    return with(geometry().withSame());
  }

  @Override
  public final Tensor forward(Tensor x) {
    return forward(x, UnaryOp.IDENTITY);
  }

  @Override
  public final Tensor forward(Tensor x, UnaryOp activation) {
    Tensor padded = padded(x);
    ConvPlan plan = lastPlan;
    // Batches come in one shape, nearly always.
    if (plan == null
        || !plan.input().equals(padded.shape())
        || plan.spec().activation() != activation) {
      ConvGeometry g = geometry();
      plan =
          ConvPlan.of(
              name(),
              g.windows().withPadding(Windows2.before(g)),
              g.groups(),
              padded,
              weight().shape(),
              activation);
      lastPlan = plan;
    }
    return Convolution.conv(plan, padded, weight().value(), biasValue());
  }
}

package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.ConvPlan;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What convolutions that are not transposed have in common.
 *
 * @param <L> the layer itself
 */
public abstract sealed class PlainConv<L extends PlainConv<L>> extends ConvBase<L>
    implements FusableLayer permits Conv1d, Conv2d, Conv3d {

  /** The windows over what has been padded by a pass of its own. */
  private final Windows windows;

  /** What is padded by a pass of its own: two numbers for each axis, from the last on. */
  private final int[] apart;

  private @Nullable ConvPlan lastPlan;

  PlainConv(String name, ConvGeometry g, boolean withBias) {
    super(name, g, withBias, g.out(), g.in());
    int axes = g.windows().axes();
    boolean zeros = g.paddingMode() == Padding.Mode.CONSTANT;
    int[] within = new int[axes];
    apart = new int[2 * axes];
    for (int a = 0; a < axes; a++) {
      within[a] = zeros ? g.before(a) : 0;
      int last = 2 * (axes - 1 - a);
      apart[last] = g.before(a) - within[a];
      apart[last + 1] = g.behind(a) - within[a];
    }
    windows = g.windows().withPadding(Shape.of(within));
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

  /**
   * Computes the output with an activation applied to it.
   *
   * @throws IllegalArgumentException if the input's rank or channels are not the layer's, no window
   *     fits into it, or it is too small for the padding's mode
   */
  @Override
  public final Tensor forward(Tensor x, UnaryOp activation) {
    Tensor padded = padded(x);
    ConvPlan plan = lastPlan;
    // Batches come in one shape, nearly always.
    if (plan == null
        || !plan.input().equals(padded.shape())
        || !plan.spec().activation().equals(activation)) {
      Shape shape = weight().shape();
      plan = ConvPlan.of(name(), windows, geometry().groups(), padded, shape, activation);
      lastPlan = plan;
    }
    return Convolution.conv(plan, padded, weight().value(), biasValue());
  }

  private Tensor padded(Tensor x) {
    int rank = 2 + windows.axes();
    if (x.shape().rank() != rank || Arrays.stream(apart).allMatch(p -> p == 0)) {
      return x; // the plan's own check names a wrong rank
    }
    Padding.Mode mode = geometry().paddingMode();
    PaddingLayer.checkWidths(name(), mode, x.shape(), apart);
    return Padding.pad(x, mode, 0, apart);
  }
}

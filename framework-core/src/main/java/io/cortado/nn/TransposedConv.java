package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.ConvPlan;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.Windows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What transposed convolutions have in common.
 *
 * @param <L> the layer itself
 */
public abstract sealed class TransposedConv<L extends TransposedConv<L>> extends ConvBase<L>
    permits ConvTranspose1d, ConvTranspose2d, ConvTranspose3d {

  private @Nullable ConvPlan lastPlan;

  TransposedConv(String name, ConvGeometry g, boolean withBias) {
    super(name, g, withBias, g.in(), g.out());
  }

  /**
   * Returns a layer like this, whose output is larger at the end of each axis.
   *
   * @param padding for each axis, or for all; less than the stride
   */
  public final L outputPadding(int... padding) {
    return with(geometry().withOutputPadding(extents("output padding", 0, padding)));
  }

  @Override
  public final Tensor forward(Tensor x) {
    return forward(x, geometry().outputPadding());
  }

  /**
   * Computes an output of given extents, which several inputs of a strided convolution could have
   * led to.
   *
   * @param outputSize of each axis but batch and channels, as torch's {@code output_size}
   * @throws IllegalArgumentException if no output padding from 0 to the stride less 1 leads to them
   */
  public final Tensor forward(Tensor x, int... outputSize) {
    ConvGeometry g = geometry();
    Windows w = g.windows();
    int axes = w.axes();
    boolean fits = x.shape().rank() == 2 + axes && outputSize.length == axes;
    int[] padding = new int[axes];
    for (int a = 0; fits && a < axes; a++) {
      int least = (x.dim(2 + a) - 1) * w.stride().dim(a) - 2 * w.padding().dim(a) + w.reach(a);
      padding[a] = outputSize[a] - least;
      fits = padding[a] >= 0 && padding[a] < w.stride().dim(a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: input %s cannot become %s with a kernel of %s, stride %s and padding %s; give %d extents, each less than the stride above the smallest output"
              .formatted(
                  name(),
                  x.shape(),
                  Arrays.toString(outputSize),
                  Windows.text(w.kernel()),
                  Windows.text(w.stride()),
                  Windows.text(w.padding()),
                  axes));
    }
    return forward(x, Shape.of(padding));
  }

  private Tensor forward(Tensor x, Shape outputPadding) {
    ConvGeometry g = geometry();
    ConvPlan plan = lastPlan;
    if (plan == null
        || !plan.output().equals(x.shape())
        || !g.outputPadding().equals(outputPadding)) {
      plan =
          ConvPlan.transposed(name(), g.windows(), outputPadding, g.groups(), x, weight().shape());
      lastPlan = g.outputPadding().equals(outputPadding) ? plan : null;
    }
    return Convolution.convTranspose(plan, x, weight().value(), biasValue());
  }
}

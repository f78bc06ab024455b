package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Pooling;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/**
 * A pooling to an output of given extent, whatever the input's: windows follow from both.
 *
 * <p>Output row i takes the input rows {@code floor(i H / H')} to {@code ceil((i + 1) H / H')}. An
 * output of 1x1 is global pooling.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html">torch.nn.AdaptiveAvgPool2d</a>
 */
public final class AdaptivePool2d extends Layer {

  private final PoolSpec.Mode mode;
  private final Pair out;
  private @Nullable PoolSpec lastSpec;

  /**
   * Makes a layer.
   *
   * @param mode what is taken of each window
   * @param out the output's extent
   */
  public AdaptivePool2d(PoolSpec.Mode mode, Pair out) {
    out.check("adaptivePool2d: output", 1);
    this.mode = mode;
    this.out = out;
  }

  @Override
  public Tensor forward(Tensor x) {
    Shape s =
        x.shape().rank() == 4
            ? x.shape()
            : Shape.of(0, 0, 0, 0); // pool2d's own check names the shape
    PoolSpec spec = lastSpec;
    if (spec == null
        || spec.n() != s.dim(0)
        || spec.c() != s.dim(1)
        || spec.h() != s.dim(2)
        || spec.w() != s.dim(3)) {
      spec =
          new PoolSpec(
              mode, s.dim(0), s.dim(1), s.dim(2), s.dim(3), out.h(), out.w(), 0, 0, 0, 0, 0, 0, 1,
              1, true);
      lastSpec = spec;
    }
    return Pooling.pool2d(spec, x);
  }

  @Override
  public String toString() {
    String name =
        switch (mode) {
          case MAX -> "AdaptiveMaxPool2d";
          case SUM -> "AdaptiveSumPool2d";
          case AVERAGE, AVERAGE_EXCLUDE_PADDING -> "AdaptiveAvgPool2d";
        };
    return name + "(" + out + ")";
  }
}

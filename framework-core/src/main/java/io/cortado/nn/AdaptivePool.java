package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.PoolPlan;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/**
 * A pooling to an output of given extents, whatever the input's: windows follow from both.
 *
 * <p>Along each axis, output i takes the input's elements {@code floor(i L / L')} to {@code ceil((i
 * + 1) L / L')}. An output of extents 1 is global pooling. Input {@code [N, C, ...]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html">torch.nn.AdaptiveAvgPool2d</a>
 */
public final class AdaptivePool extends Layer {

  private final PoolSpec.Mode mode;
  private final Shape out;
  private @Nullable PoolPlan lastPlan;

  /**
   * Makes a layer.
   *
   * @param mode what is taken of each window
   * @param out the output's extents along the last axes, one to three of them
   * @throws IllegalArgumentException if there are none or more, or one is below 1
   */
  public AdaptivePool(PoolSpec.Mode mode, int... out) {
    if (out.length < 1 || out.length > 3) {
      throw new IllegalArgumentException(
          "adaptivePool: " + out.length + " axes; one to three can be pooled");
    }
    this.mode = mode;
    this.out = Windows.extents("adaptivePool" + out.length + "d: output", out.length, 1, out);
  }

  /** Returns what is taken of each window. */
  public PoolSpec.Mode mode() {
    return mode;
  }

  /** Returns the output's extents along the last axes. */
  public Shape outputSize() {
    return out;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pooling.pool(plan(x), x);
  }

  /**
   * Returns the largest elements and where they are within their channel, {@code (d * H + h) * W +
   * w}.
   *
   * @throws IllegalArgumentException if it is no maximum
   */
  public ValuesAndIndices forwardWithIndices(Tensor x) {
    return Pooling.maxPoolWithIndices(plan(x), x);
  }

  private PoolPlan plan(Tensor x) {
    PoolPlan plan = lastPlan;
    if (plan == null || !plan.input().equals(x.shape())) {
      String title = title();
      plan = PoolPlan.adaptive("a" + title.substring(1), mode, out, x);
      lastPlan = plan;
    }
    return plan;
  }

  private String title() {
    String what =
        switch (mode) {
          case MAX -> "Max";
          case SUM -> "Sum";
          case AVERAGE, AVERAGE_EXCLUDE_PADDING -> "Avg";
        };
    return "Adaptive" + what + "Pool" + out.rank() + "d";
  }

  @Override
  public String toString() {
    return title() + "(" + Windows.text(out) + ")";
  }
}

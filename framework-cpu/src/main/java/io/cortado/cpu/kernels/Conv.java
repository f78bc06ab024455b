package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions and their gradients, NCHW, with stride, padding, dilation and groups.
 *
 * <p>All three are implicit matrix products: no im2col matrix is ever stored. {@link ConvPlan} and
 * {@link ConvEngine} do the forward pass and the gradient of the data, {@link FilterPlan} and
 * {@link ConvFilter} that of the weights; blocking and bounds are described there. Plans are made
 * once for each spec. Results are the same bits for any number of workers.
 */
public final class Conv {

  private static final ConvSpec NOTHING =
      new ConvSpec(0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  private final Blocking blocking;
  private final ConvEngine engine;
  private final ConvFilter filter;
  private final Map<ConvSpec, ConvPlan> forwardPlans = new HashMap<>();
  private final Map<ConvSpec, ConvPlan> dataPlans = new HashMap<>();
  private final Map<ConvSpec, FilterPlan> filterPlans = new HashMap<>();

  /** Makes the convolutions' kernel; used by one thread at a time. */
  public Conv(GemmKernel kernel, Workers workers, RowActivation activation) {
    blocking = Blocking.of(kernel);
    engine = new ConvEngine(kernel, workers, activation, ConvPlan.forward(NOTHING, blocking));
    filter = new ConvFilter(kernel, workers, FilterPlan.of(NOTHING, blocking));
  }

  /** Computes {@code y = act(conv(x, w) + bias)}. */
  public void forward(
      ConvSpec spec,
      float[] x,
      int xOff,
      float[] w,
      int wOff,
      float @Nullable [] bias,
      int biasOff,
      float[] y,
      int yOff) {
    check("conv", spec, "x", x, xOff, w, wOff, "y", y, yOff);
    ConvPlan plan = forwardPlans.get(spec);
    if (plan == null) {
      plan = ConvPlan.forward(spec, blocking);
      forwardPlans.put(spec, plan);
    }
    engine.epilogue().set(bias, biasOff, spec.activation());
    engine.run(plan, x, xOff, w, wOff, 0, y, yOff);
  }

  /**
   * Computes the gradient of the input, {@code dx = ... + beta * dx}; dy is the gradient before the
   * activation.
   */
  public void backwardData(
      ConvSpec spec,
      float[] dy,
      int dyOff,
      float[] w,
      int wOff,
      float beta,
      float[] dx,
      int dxOff) {
    check("convBackwardData", spec, "dx", dx, dxOff, w, wOff, "dy", dy, dyOff);
    ConvPlan plan = dataPlans.get(spec);
    if (plan == null) {
      plan = ConvPlan.backwardData(spec, blocking);
      dataPlans.put(spec, plan);
    }
    engine.epilogue().set(null, 0, UnaryOp.IDENTITY);
    engine.run(plan, dy, dyOff, w, wOff, beta, dx, dxOff);
  }

  /**
   * Computes the gradient of the weights, {@code dw = ... + beta * dw}; dy is the gradient before
   * the activation.
   */
  public void backwardFilter(
      ConvSpec spec,
      float[] x,
      int xOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dw,
      int dwOff) {
    check("convBackwardFilter", spec, "x", x, xOff, dw, dwOff, "dy", dy, dyOff);
    FilterPlan plan = filterPlans.get(spec);
    if (plan == null) {
      plan = FilterPlan.of(spec, blocking);
      filterPlans.put(spec, plan);
    }
    filter.run(plan, x, xOff, dy, dyOff, beta, dw, dwOff);
  }

  private static void check(
      String operation,
      ConvSpec s,
      String xName,
      float[] x,
      int xOff,
      float[] w,
      int wOff,
      String yName,
      float[] y,
      int yOff) {
    long weights = (long) s.k() * (s.c() / s.groups()) * s.kernelH() * s.kernelW();
    Extents.check(operation, xName, (long) s.n() * s.c() * s.h() * s.w(), xOff, x);
    Extents.check(operation, "w", weights, wOff, w);
    Extents.check(operation, yName, (long) s.n() * s.k() * s.outH() * s.outW(), yOff, y);
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.LaneKernel;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions and their gradients, NCHW, with stride, padding, dilation and groups.
 *
 * <p>Where channels are few and images fill a vector's lanes, {@link LaneConv} and {@link
 * LaneFilter} do them directly. Else all three are implicit matrix products: no im2col matrix is
 * ever stored. {@link ConvPlan} and {@link ConvEngine} do the forward pass and the gradient of the
 * data, {@link FilterPlan} and {@link ConvFilter} that of the weights. Blocking and bounds are
 * described there. Plans are made once for each spec. Results are the same bits for any number of
 * workers.
 */
public final class Conv {

  private static final ConvSpec NOTHING =
      new ConvSpec(0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  private final ConvEngine engine;
  private final ConvFilter filter;
  private final PlanCache<ConvSpec, ConvPlan> forwardPlans;
  private final PlanCache<ConvSpec, ConvPlan> dataPlans;
  private final PlanCache<ConvSpec, FilterPlan> filterPlans;
  private final LaneConv laneEngine;
  private final LaneFilter laneFilter;
  private final PlanCache<ConvSpec, LaneConvPlan> laneForwardPlans;
  private final PlanCache<ConvSpec, LaneConvPlan> laneDataPlans;
  private final PlanCache<ConvSpec, LaneFilterPlan> laneFilterPlans;

  /** Makes the convolutions' kernel; used by one thread at a time. */
  public Conv(GemmKernel kernel, LaneKernel lanes, Workers workers, RowActivation activation) {
    Blocking blocking = Blocking.of(kernel);
    engine = new ConvEngine(kernel, workers, activation, ConvPlan.forward(NOTHING, blocking));
    filter = new ConvFilter(kernel, workers, FilterPlan.of(NOTHING, blocking));
    forwardPlans = new PlanCache<>(spec -> ConvPlan.forward(spec, blocking));
    dataPlans = new PlanCache<>(spec -> ConvPlan.backwardData(spec, blocking));
    filterPlans = new PlanCache<>(spec -> FilterPlan.of(spec, blocking));
    int l = lanes.lanes();
    laneEngine = new LaneConv(lanes, workers, activation, LaneConvPlan.forward(NOTHING, l));
    laneFilter = new LaneFilter(lanes, workers, LaneFilterPlan.of(NOTHING, l));
    laneForwardPlans = new PlanCache<>(spec -> LaneConvPlan.forward(spec, l));
    laneDataPlans = new PlanCache<>(spec -> LaneConvPlan.backwardData(spec, l));
    laneFilterPlans = new PlanCache<>(spec -> LaneFilterPlan.of(spec, l));
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
    LaneConvPlan lanes = laneForwardPlans.get(spec);
    if (lanes.pays()) {
      UnaryOp op = spec.activation();
      laneEngine.run(lanes, x, xOff, w, wOff, bias, biasOff, op, 0, y, yOff);
      return;
    }
    engine.epilogue().set(bias, biasOff, spec.activation());
    engine.run(forwardPlans.get(spec), x, xOff, w, wOff, 0, y, yOff);
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
    LaneConvPlan lanes = laneDataPlans.get(spec);
    if (lanes.pays()) {
      laneEngine.run(lanes, dy, dyOff, w, wOff, null, 0, UnaryOp.IDENTITY, beta, dx, dxOff);
      return;
    }
    engine.epilogue().set(null, 0, UnaryOp.IDENTITY);
    engine.run(dataPlans.get(spec), dy, dyOff, w, wOff, beta, dx, dxOff);
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
    LaneFilterPlan lanes = laneFilterPlans.get(spec);
    if (lanes.pays()) {
      laneFilter.run(lanes, x, xOff, dy, dyOff, beta, dw, dwOff);
      return;
    }
    filter.run(filterPlans.get(spec), x, xOff, dy, dyOff, beta, dw, dwOff);
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

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.kernels.ConvAlgorithm.Direct;
import io.cortado.cpu.kernels.ConvAlgorithm.ImageLanes;
import io.cortado.cpu.kernels.ConvAlgorithm.Winograd;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.LaneKernel;
import io.cortado.internal.Logs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Convolutions and their gradients, NCHW, with stride, padding, dilation and groups.
 *
 * <p>The direct way is implicit matrix products: no im2col matrix is ever stored. {@link ConvPlan}
 * and {@link ConvEngine} do the forward pass and the gradient of the data, {@link FilterPlan} and
 * {@link ConvFilter} that of the weights; blocking and bounds are described there. Where channels
 * are few and images fill a vector's lanes, {@link LaneConv} and {@link LaneFilter} sum without
 * packing. Where {@link WinogradChoice} finds that it wins, {@link WinogradEngine} and {@link
 * WinogradFilter} do the same with fewer multiplications. Plans are made once for each spec; at
 * debug level the log says which and why. Results are the same bits for any number of workers.
 */
public final class Conv {

  private static final Logger LOG = Logs.of(Conv.class);

  private static final ConvSpec NOTHING =
      new ConvSpec(0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  private final ConvEngine engine;
  private final ConvFilter filter;
  private final WinogradEngine winograd;
  private final WinogradFilter winogradFilter;
  private final LaneConv laneEngine;
  private final LaneFilter laneFilter;
  private final PlanCache<ConvSpec, ConvAlgorithm<ConvPlan, LaneConvPlan>> forwardPlans;
  private final PlanCache<ConvSpec, ConvAlgorithm<ConvPlan, LaneConvPlan>> dataPlans;
  private final PlanCache<ConvSpec, ConvAlgorithm<FilterPlan, LaneFilterPlan>> filterPlans;

  /** Makes the convolutions' kernel; used by one thread at a time. */
  public Conv(GemmKernel kernel, LaneKernel lanes, Workers workers, RowActivation activation) {
    this(
        kernel,
        lanes,
        workers,
        activation,
        new LaneChoice(true, lanes.lanes()),
        WinogradChoice.of(kernel.winograd()));
  }

  Conv(
      GemmKernel kernel,
      LaneKernel lanes,
      Workers workers,
      RowActivation activation,
      LaneChoice few,
      WinogradChoice many) {
    Blocking blocking = Blocking.of(kernel);
    engine = new ConvEngine(kernel, workers, activation, ConvPlan.forward(NOTHING, blocking));
    filter = new ConvFilter(kernel, workers, FilterPlan.of(NOTHING, blocking));
    winograd = new WinogradEngine(kernel.winograd(), workers, activation);
    winogradFilter = new WinogradFilter(kernel.winograd(), workers);
    int l = lanes.lanes();
    laneEngine = new LaneConv(lanes, workers, activation, LaneConvPlan.forward(NOTHING, l));
    laneFilter = new LaneFilter(lanes, workers, LaneFilterPlan.of(NOTHING, l));
    forwardPlans =
        new PlanCache<>(s -> logged("conv", s, forward(s, few, many, blocking, workers)));
    dataPlans =
        new PlanCache<>(s -> logged("convBackwardData", s, data(s, few, many, blocking, workers)));
    filterPlans =
        new PlanCache<>(s -> logged("convBackwardFilter", s, filter(s, few, many, blocking)));
  }

  private static ConvAlgorithm<ConvPlan, LaneConvPlan> forward(
      ConvSpec s, LaneChoice few, WinogradChoice many, Blocking blocking, Workers workers) {
    WinogradChoice.Decision d = many.forward(s);
    LaneChoice.Decision lanes = few.forward(s, d);
    if (lanes.pays()) {
      return new ImageLanes<>(LaneConvPlan.forward(s, few.lanes()), lanes.reason());
    }
    return d.m() == 0
        ? new Direct<>(ConvPlan.forward(s, blocking), d.reason())
        : new Winograd<>(
            WinogradPlan.forward(s, d.m(), WinogradChoice.BLOCK_TILES, workers.count()),
            d.reason());
  }

  private static ConvAlgorithm<ConvPlan, LaneConvPlan> data(
      ConvSpec s, LaneChoice few, WinogradChoice many, Blocking blocking, Workers workers) {
    WinogradChoice.Decision d = many.backwardData(s);
    LaneChoice.Decision lanes = few.backwardData(s, d);
    if (lanes.pays()) {
      return new ImageLanes<>(LaneConvPlan.backwardData(s, few.lanes()), lanes.reason());
    }
    return d.m() == 0
        ? new Direct<>(ConvPlan.backwardData(s, blocking), d.reason())
        : new Winograd<>(
            WinogradPlan.backwardData(s, d.m(), WinogradChoice.BLOCK_TILES, workers.count()),
            d.reason());
  }

  private static ConvAlgorithm<FilterPlan, LaneFilterPlan> filter(
      ConvSpec s, LaneChoice few, WinogradChoice many, Blocking blocking) {
    WinogradChoice.Decision d = many.backwardFilter(s);
    LaneChoice.Decision lanes = few.backwardFilter(s, d);
    if (lanes.pays()) {
      return new ImageLanes<>(LaneFilterPlan.of(s, few.lanes()), lanes.reason());
    }
    return d.m() == 0
        ? new Direct<>(FilterPlan.of(s, blocking), d.reason())
        : new Winograd<>(WinogradPlan.forward(s, d.m(), WinogradChoice.CHUNK_TILES, 1), d.reason());
  }

  private static <D, L> ConvAlgorithm<D, L> logged(
      String operation, ConvSpec spec, ConvAlgorithm<D, L> algorithm) {
    LOG.debug("{} {}: {}", operation, spec, algorithm.reason());
    return algorithm;
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
    switch (forwardPlans.get(spec)) {
      case ImageLanes<ConvPlan, LaneConvPlan> lanes ->
          laneEngine.run(
              lanes.plan(), x, xOff, w, wOff, bias, biasOff, spec.activation(), 0, y, yOff);
      case Direct<ConvPlan, LaneConvPlan> direct -> {
        engine.epilogue().set(bias, biasOff, spec.activation());
        engine.run(direct.plan(), x, xOff, w, wOff, 0, y, yOff);
      }
      case Winograd<ConvPlan, LaneConvPlan> tiles ->
          winograd.run(
              tiles.plan(), x, xOff, w, wOff, bias, biasOff, spec.activation(), 0, y, yOff);
    }
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
    switch (dataPlans.get(spec)) {
      case ImageLanes<ConvPlan, LaneConvPlan> lanes ->
          laneEngine.run(
              lanes.plan(), dy, dyOff, w, wOff, null, 0, UnaryOp.IDENTITY, beta, dx, dxOff);
      case Direct<ConvPlan, LaneConvPlan> direct -> {
        engine.epilogue().set(null, 0, UnaryOp.IDENTITY);
        engine.run(direct.plan(), dy, dyOff, w, wOff, beta, dx, dxOff);
      }
      case Winograd<ConvPlan, LaneConvPlan> tiles ->
          winograd.run(
              tiles.plan(), dy, dyOff, w, wOff, null, 0, UnaryOp.IDENTITY, beta, dx, dxOff);
    }
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
    switch (filterPlans.get(spec)) {
      case ImageLanes<FilterPlan, LaneFilterPlan> lanes ->
          laneFilter.run(lanes.plan(), x, xOff, dy, dyOff, beta, dw, dwOff);
      case Direct<FilterPlan, LaneFilterPlan> direct ->
          filter.run(direct.plan(), x, xOff, dy, dyOff, beta, dw, dwOff);
      case Winograd<FilterPlan, LaneFilterPlan> tiles ->
          winogradFilter.run(tiles.plan(), x, xOff, dy, dyOff, beta, dw, dwOff);
    }
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

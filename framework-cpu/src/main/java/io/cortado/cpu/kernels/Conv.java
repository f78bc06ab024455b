package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.kernels.ConvAlgorithm.Direct;
import io.cortado.cpu.kernels.ConvAlgorithm.Winograd;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolutions and their gradients, NCHW, with stride, padding, dilation and groups.
 *
 * <p>The direct way is implicit matrix products: no im2col matrix is ever stored. {@link ConvPlan}
 * and {@link ConvEngine} do the forward pass and the gradient of the data, {@link FilterPlan} and
 * {@link ConvFilter} that of the weights; blocking and bounds are described there. Where {@link
 * WinogradChoice} finds that it wins, {@link WinogradEngine} and {@link WinogradFilter} do the same
 * with fewer multiplications. Plans are made once for each spec; at debug level the log says which
 * and why. Results are the same bits for any number of workers.
 */
public final class Conv {

  private static final Logger LOG = LoggerFactory.getLogger(Conv.class);

  private static final ConvSpec NOTHING =
      new ConvSpec(0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  private final ConvEngine engine;
  private final ConvFilter filter;
  private final WinogradEngine winograd;
  private final WinogradFilter winogradFilter;
  private final PlanCache<ConvSpec, ConvAlgorithm<ConvPlan>> forwardPlans;
  private final PlanCache<ConvSpec, ConvAlgorithm<ConvPlan>> dataPlans;
  private final PlanCache<ConvSpec, ConvAlgorithm<FilterPlan>> filterPlans;

  /** Makes the convolutions' kernel; used by one thread at a time. */
  public Conv(GemmKernel kernel, Workers workers, RowActivation activation) {
    this(kernel, workers, activation, WinogradChoice.of(kernel.winograd()));
  }

  Conv(GemmKernel kernel, Workers workers, RowActivation activation, WinogradChoice choice) {
    Blocking blocking = Blocking.of(kernel);
    engine = new ConvEngine(kernel, workers, activation, ConvPlan.forward(NOTHING, blocking));
    filter = new ConvFilter(kernel, workers, FilterPlan.of(NOTHING, blocking));
    winograd = new WinogradEngine(kernel.winograd(), workers, activation);
    winogradFilter = new WinogradFilter(kernel.winograd(), workers);
    forwardPlans =
        new PlanCache<>(spec -> logged("conv", spec, forward(spec, choice, blocking, workers)));
    dataPlans =
        new PlanCache<>(
            spec -> logged("convBackwardData", spec, data(spec, choice, blocking, workers)));
    filterPlans =
        new PlanCache<>(spec -> logged("convBackwardFilter", spec, filter(spec, choice, blocking)));
  }

  private static ConvAlgorithm<ConvPlan> forward(
      ConvSpec s, WinogradChoice choice, Blocking blocking, Workers workers) {
    WinogradChoice.Decision d = choice.forward(s);
    return d.m() == 0
        ? new Direct<>(ConvPlan.forward(s, blocking), d.reason())
        : new Winograd<>(
            WinogradPlan.forward(s, d.m(), WinogradChoice.BLOCK_TILES, workers.count()),
            d.reason());
  }

  private static ConvAlgorithm<ConvPlan> data(
      ConvSpec s, WinogradChoice choice, Blocking blocking, Workers workers) {
    WinogradChoice.Decision d = choice.backwardData(s);
    return d.m() == 0
        ? new Direct<>(ConvPlan.backwardData(s, blocking), d.reason())
        : new Winograd<>(
            WinogradPlan.backwardData(s, d.m(), WinogradChoice.BLOCK_TILES, workers.count()),
            d.reason());
  }

  private static ConvAlgorithm<FilterPlan> filter(
      ConvSpec s, WinogradChoice choice, Blocking blocking) {
    WinogradChoice.Decision d = choice.backwardFilter(s);
    return d.m() == 0
        ? new Direct<>(FilterPlan.of(s, blocking), d.reason())
        : new Winograd<>(WinogradPlan.forward(s, d.m(), WinogradChoice.CHUNK_TILES, 1), d.reason());
  }

  private static <D> ConvAlgorithm<D> logged(
      String operation, ConvSpec spec, ConvAlgorithm<D> algorithm) {
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
      case Direct<ConvPlan> direct -> {
        engine.epilogue().set(bias, biasOff, spec.activation());
        engine.run(direct.plan(), x, xOff, w, wOff, 0, y, yOff);
      }
      case Winograd<ConvPlan> tiles ->
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
      case Direct<ConvPlan> direct -> {
        engine.epilogue().set(null, 0, UnaryOp.IDENTITY);
        engine.run(direct.plan(), dy, dyOff, w, wOff, beta, dx, dxOff);
      }
      case Winograd<ConvPlan> tiles ->
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
      case Direct<FilterPlan> direct ->
          filter.run(direct.plan(), x, xOff, dy, dyOff, beta, dw, dwOff);
      case Winograd<FilterPlan> tiles ->
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

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.PoolKernel;
import org.jspecify.annotations.Nullable;

/**
 * The largest elements of windows over three axes, and where they are.
 *
 * <p>A block of work is some rows of the output. Of each row of windows the {@link PoolKernel}
 * finds the largest element of every column, which reads the input as it lies; then the largest of
 * each window's columns is looked for, and of equal ones that which lies first in the plane. Bound
 * by comparisons.
 */
public final class PlacedMax {

  private final PoolKernel kernel;
  private final Workers workers;
  private final PlacedMaxCall.Scratch[] scratch;
  private final PlanCache<MaxPoolSpec, PlacedMaxPlan> plans = new PlanCache<>(PlacedMaxPlan::of);

  /** Makes the kernel; used by one thread at a time. */
  public PlacedMax(PoolKernel kernel, Workers workers) {
    this.kernel = kernel;
    this.workers = workers;
    scratch = new PlacedMaxCall.Scratch[workers.count()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new PlacedMaxCall.Scratch();
    }
  }

  /** See {@link io.cortado.backend.MaxPoolOps#maxPool}. */
  public void forward(
      MaxPoolSpec s,
      float @Nullable [] samples,
      int samplesOff,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int[] places,
      int placesOff) {
    if (s.outputSize() == 0) {
      return;
    }
    Extents.check("maxPool", "x", s.inputSize(), xOff, x);
    Extents.check("maxPool", "y", s.outputSize(), yOff, y);
    float[] drawn = samples == null ? new float[0] : samples;
    PlacedMaxPlan plan = plans.get(s);
    PlacedMaxCall call =
        new PlacedMaxCall(plan, kernel, drawn, samplesOff, x, xOff, y, yOff, places, placesOff);
    int rows = Math.toIntExact(s.outputSize() / s.columns().out());
    int perBlock = plan.rowsPerBlock();
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) ->
            call.rows(
                block * perBlock, Blocks.end(block * perBlock, perBlock, rows), scratch[worker]));
  }
}

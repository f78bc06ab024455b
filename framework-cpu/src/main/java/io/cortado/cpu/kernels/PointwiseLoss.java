package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** Losses between elements, loss and gradient in one pass. */
public final class PointwiseLoss {

  private final VectorOps ops;
  private final Workers workers;
  private final DoubleScratch partials = new DoubleScratch();
  private final FloatScratch[] scratch;

  /** Makes the kernels. */
  public PointwiseLoss(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.scratch = FloatScratch.each(workers.count());
  }

  /** Computes the loss, and where grad is given its gradient for an upstream gradient of 1. */
  public void run(
      PointwiseLossSpec spec,
      float[] x,
      int xo,
      float[] t,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float[] loss,
      int lo,
      float @Nullable [] grad,
      int go) {
    int n = (int) spec.n();
    boolean elements = spec.reduction() == Reduction.NONE;
    float scale = spec.reduction() == Reduction.MEAN ? 1f / n : 1f;
    float[] each = elements ? loss : null;
    double sum = 0;
    if (n <= Blocks.HEAVY) {
      sum =
          ops.pointwiseLoss(
              spec.kind(),
              n,
              x,
              xo,
              t,
              to,
              weight,
              wo,
              posWeight,
              po,
              each,
              lo,
              scale,
              grad,
              go,
              scratch[0].get(VectorOps.LOSS_SCRATCH));
    } else {
      int blocks = Blocks.count(n, Blocks.HEAVY);
      double[] sums = partials.zeros(blocks);
      workers.run(
          blocks,
          (block, worker) -> {
            int i = block * Blocks.HEAVY;
            int m = Math.min(Blocks.HEAVY, n - i);
            sums[block] =
                ops.pointwiseLoss(
                    spec.kind(),
                    m,
                    x,
                    xo + i,
                    t,
                    to + i,
                    weight,
                    wo + i,
                    posWeight,
                    po + i,
                    each,
                    lo + i,
                    scale,
                    grad,
                    go + i,
                    scratch[worker].get(VectorOps.LOSS_SCRATCH));
          });
      for (int b = 0; b < blocks; b++) {
        sum += sums[b];
      }
    }
    if (!elements) {
      loss[lo] = (float) (spec.reduction() == Reduction.MEAN ? sum / n : sum);
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation.
 *
 * <p>Each pass reads memory in order; {@link BatchNormTask} says how it is cut into blocks. Bound
 * by memory: a read for the sums, and a read and a write to normalise.
 *
 * <p>Arrays may be null where the seam's buffers may; their offsets are not looked at then.
 */
public final class BatchNorm {

  private final BatchNormTraining training;
  private final BatchNormInference inference;
  private final BatchNormGradient gradient;

  /** Makes the kernels. */
  public BatchNorm(VectorOps ops, NormKernel kernel, Workers workers) {
    training = new BatchNormTraining(ops, kernel, workers);
    inference = new BatchNormInference(kernel, workers);
    gradient = new BatchNormGradient(kernel, workers);
  }

  /** Normalises by the batch's own statistics. */
  public void train(
      BatchNormSpec spec,
      float momentum,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] shift,
      int so,
      float @Nullable [] runningMean,
      int rmo,
      float @Nullable [] runningVar,
      int rvo,
      float[] y,
      int yo,
      float[] mean,
      int mo,
      float[] invStd,
      int io) {
    training.run(
        spec,
        momentum,
        x,
        xo,
        gamma,
        go,
        shift,
        so,
        runningMean,
        rmo,
        runningVar,
        rvo,
        y,
        yo,
        mean,
        mo,
        invStd,
        io);
  }

  /** Normalises by given statistics. */
  public void infer(
      BatchNormSpec spec,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] shift,
      int so,
      float[] mean,
      int mo,
      float[] var,
      int vo,
      float[] y,
      int yo,
      float @Nullable [] invStd,
      int io) {
    inference.run(spec, x, xo, gamma, go, shift, so, mean, mo, var, vo, y, yo, invStd, io);
  }

  /** Computes the gradients. */
  public void backward(
      BatchNormSpec spec,
      boolean batchStatistics,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float[] mean,
      int mo,
      float[] invStd,
      int io,
      float[] dy,
      int dyo,
      float betaX,
      float @Nullable [] dx,
      int dxo,
      float betaGamma,
      float @Nullable [] dGamma,
      int dgo,
      float betaShift,
      float @Nullable [] dShift,
      int dso) {
    gradient.run(
        spec,
        batchStatistics,
        x,
        xo,
        gamma,
        go,
        mean,
        mo,
        invStd,
        io,
        dy,
        dyo,
        betaX,
        dx,
        dxo,
        betaGamma,
        dGamma,
        dgo,
        betaShift,
        dShift,
        dso);
  }

  static void accumulate(double value, float beta, float[] y, int yo) {
    float v = (float) value;
    y[yo] = beta == 0 ? v : v + y[yo];
  }
}

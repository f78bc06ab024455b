package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation.
 *
 * <p>Mean and variance are found in two passes: the second sums squared distances from the mean, so
 * a mean far from zero costs no accuracy. What is lost when the mean is rounded to a float is put
 * back into the shift. Channels are the blocks; each channel's sums are its own.
 *
 * <p>Arrays may be null where the seam's buffers may; their offsets are not looked at then.
 */
public final class BatchNorm {

  private final VectorOps ops;
  private final Workers workers;
  private final BatchNormColumns columns;

  /** Makes the kernels. */
  public BatchNorm(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.columns = new BatchNormColumns(ops, workers);
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
    if (spec.inner() == 1) {
      columns.train(
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
      return;
    }
    int perBlock = Blocks.rows(spec.count(), Blocks.LIGHT);
    if (spec.channels() <= perBlock) {
      train(
          0,
          spec.channels(),
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
      return;
    }
    workers.run(
        Blocks.count(spec.channels(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Math.min(first + perBlock, spec.channels());
          train(
              first,
              end,
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
        });
  }

  private void train(
      int first,
      int end,
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
    int inner = spec.inner();
    int image = spec.channels() * inner;
    for (int c = first; c < end; c++) {
      double sum = 0;
      for (int o = 0, i = xo + c * inner; o < spec.outer(); o++, i += image) {
        sum += Sums.sum(ops, inner, x, i);
      }
      double exact = sum / spec.count();
      float rounded = (float) exact;
      double squares = 0;
      for (int o = 0, i = xo + c * inner; o < spec.outer(); o++, i += image) {
        squares += Sums.squaredDeviations(ops, inner, x, i, rounded);
      }
      double lost = exact - rounded;
      double variance = Math.max(0, squares / spec.count() - lost * lost);
      double inverse = 1 / Math.sqrt(variance + spec.eps());
      mean[mo + c] = rounded;
      invStd[io + c] = (float) inverse;
      updateRunning(spec, momentum, exact, variance, runningMean, rmo + c, runningVar, rvo + c);
      double scale = inverse * (gamma == null ? 1 : gamma[go + c]);
      double offset = (shift == null ? 0 : shift[so + c]) - lost * scale;
      normalize(spec, c, x, xo, rounded, (float) scale, (float) offset, y, yo);
    }
  }

  static void updateRunning(
      BatchNormSpec spec,
      float momentum,
      double mean,
      double variance,
      float @Nullable [] runningMean,
      int rmo,
      float @Nullable [] runningVar,
      int rvo) {
    if (runningMean != null) {
      runningMean[rmo] = (float) ((1.0 - momentum) * runningMean[rmo] + momentum * mean);
    }
    if (runningVar != null) {
      double unbiased = variance * spec.count() / Math.max(1, spec.count() - 1);
      runningVar[rvo] = (float) ((1.0 - momentum) * runningVar[rvo] + momentum * unbiased);
    }
  }

  private void normalize(
      BatchNormSpec spec,
      int channel,
      float[] x,
      int xo,
      float mean,
      float scale,
      float shift,
      float[] y,
      int yo) {
    int inner = spec.inner();
    for (int o = 0; o < spec.outer(); o++) {
      int i = (o * spec.channels() + channel) * inner;
      ops.normalize(inner, x, xo + i, mean, scale, shift, y, yo + i);
    }
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
    if (spec.inner() == 1) {
      columns.infer(spec, x, xo, gamma, go, shift, so, mean, mo, var, vo, y, yo, invStd, io);
      return;
    }
    int perBlock = Blocks.rows(spec.count(), Blocks.LIGHT);
    if (spec.channels() <= perBlock) {
      infer(
          0,
          spec.channels(),
          spec,
          x,
          xo,
          gamma,
          go,
          shift,
          so,
          mean,
          mo,
          var,
          vo,
          y,
          yo,
          invStd,
          io);
      return;
    }
    workers.run(
        Blocks.count(spec.channels(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Math.min(first + perBlock, spec.channels());
          infer(
              first, end, spec, x, xo, gamma, go, shift, so, mean, mo, var, vo, y, yo, invStd, io);
        });
  }

  private void infer(
      int first,
      int end,
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
    for (int c = first; c < end; c++) {
      double inverse = 1 / Math.sqrt((double) var[vo + c] + spec.eps());
      if (invStd != null) {
        invStd[io + c] = (float) inverse;
      }
      float scale = (float) (inverse * (gamma == null ? 1 : gamma[go + c]));
      float offset = shift == null ? 0 : shift[so + c];
      normalize(spec, c, x, xo, mean[mo + c], scale, offset, y, yo);
    }
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
    if (spec.inner() == 1) {
      columns.backward(
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
      return;
    }
    int perBlock = Blocks.rows(spec.count(), Blocks.LIGHT);
    if (spec.channels() <= perBlock) {
      backward(
          0,
          spec.channels(),
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
      return;
    }
    workers.run(
        Blocks.count(spec.channels(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Math.min(first + perBlock, spec.channels());
          backward(
              first,
              end,
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
        });
  }

  private void backward(
      int first,
      int end,
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
    int inner = spec.inner();
    int image = spec.channels() * inner;
    for (int c = first; c < end; c++) {
      float centre = mean[mo + c];
      double inverse = invStd[io + c];
      double sum = 0;
      double dot = 0;
      for (int o = 0, i = c * inner; o < spec.outer(); o++, i += image) {
        sum += Sums.sum(ops, inner, dy, dyo + i);
        dot += Sums.dotDeviations(ops, inner, x, xo + i, centre, dy, dyo + i);
      }
      if (dGamma != null) {
        accumulate(dot * inverse, betaGamma, dGamma, dgo + c);
      }
      if (dShift != null) {
        accumulate(sum, betaShift, dShift, dso + c);
      }
      if (dx == null) {
        continue;
      }
      // dx = scale (dy - mean of dy - (x - mean) invStd^2 mean of dy (x - mean)).
      double scale = inverse * (gamma == null ? 1 : gamma[go + c]);
      double perElement = batchStatistics ? scale / spec.count() : 0;
      float slope = (float) (-perElement * inverse * inverse * dot);
      float offset = (float) (-perElement * sum);
      for (int o = 0, i = c * inner; o < spec.outer(); o++, i += image) {
        ops.normalizeBackward(
            inner,
            x,
            xo + i,
            centre,
            dy,
            dyo + i,
            (float) scale,
            slope,
            offset,
            betaX,
            dx,
            dxo + i);
      }
    }
  }

  static void accumulate(double value, float beta, float[] y, int yo) {
    float v = (float) value;
    y[yo] = beta == 0 ? v : v + y[yo];
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation where each channel has one element per row: channels are columns.
 *
 * <p>Blocks are strips of columns, so that rows are read as they lie.
 */
final class BatchNormColumns {

  private static final int STRIP = 256;
  private static final int PIECE_ROWS = 64;

  private final VectorOps ops;
  private final Workers workers;
  private final Strip[] strips;

  /** One worker's sums and factors for the columns of a strip. */
  private static final class Strip {
    final double[] sums = new double[STRIP];
    final double[] squares = new double[STRIP];
    final float[] centre = new float[STRIP];
    final float[] scale = new float[STRIP];
    final float[] slope = new float[STRIP];
    final float[] offset = new float[STRIP];
  }

  BatchNormColumns(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    strips = new Strip[workers.count()];
    for (int i = 0; i < strips.length; i++) {
      strips[i] = new Strip();
    }
  }

  private static boolean thin(BatchNormSpec spec) {
    return spec.channels() <= STRIP || spec.count() * spec.channels() <= Blocks.LIGHT;
  }

  void train(
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
    int count = Blocks.count(spec.channels(), STRIP);
    if (thin(spec)) {
      for (int strip = 0; strip < count; strip++) {
        train(
            strip,
            strips[0],
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
      return;
    }
    workers.run(
        count,
        (strip, worker) ->
            train(
                strip,
                strips[worker],
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
                io));
  }

  private void train(
      int strip,
      Strip s,
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
    int first = strip * STRIP;
    int cols = Math.min(STRIP, spec.channels() - first);
    sums(spec, first, cols, x, xo, s.sums);
    for (int c = 0; c < cols; c++) {
      s.sums[c] /= spec.count();
      s.centre[c] = (float) s.sums[c];
      s.squares[c] = 0;
    }
    for (int r = 0; r < spec.outer(); r++) {
      int i = xo + r * spec.channels() + first;
      for (int c = 0; c < cols; c++) {
        double d = x[i + c] - s.centre[c];
        s.squares[c] += d * d;
      }
    }
    for (int c = 0; c < cols; c++) {
      int channel = first + c;
      double lost = s.sums[c] - s.centre[c];
      double variance = Math.max(0, s.squares[c] / spec.count() - lost * lost);
      double inverse = 1 / Math.sqrt(variance + spec.eps());
      mean[mo + channel] = s.centre[c];
      invStd[io + channel] = (float) inverse;
      BatchNorm.updateRunning(
          spec,
          momentum,
          s.sums[c],
          variance,
          runningMean,
          rmo + channel,
          runningVar,
          rvo + channel);
      double scale = inverse * (gamma == null ? 1 : gamma[go + channel]);
      s.scale[c] = (float) scale;
      s.offset[c] = (float) ((shift == null ? 0 : shift[so + channel]) - lost * scale);
    }
    normalize(spec, first, cols, s, x, xo, y, yo);
  }

  private void sums(BatchNormSpec spec, int first, int cols, float[] x, int xo, double[] sums) {
    for (int c = 0; c < cols; c++) {
      sums[c] = 0;
    }
    for (int r = 0; r < spec.outer(); r += PIECE_ROWS) {
      int rows = Math.min(PIECE_ROWS, spec.outer() - r);
      ops.addRows(rows, cols, x, xo + r * spec.channels() + first, spec.channels(), sums, 0);
    }
  }

  private static void normalize(
      BatchNormSpec spec, int first, int cols, Strip s, float[] x, int xo, float[] y, int yo) {
    float[] centre = s.centre;
    float[] scale = s.scale;
    float[] offset = s.offset;
    for (int r = 0; r < spec.outer(); r++) {
      int i = xo + r * spec.channels() + first;
      int o = yo + r * spec.channels() + first;
      for (int c = 0; c < cols; c++) {
        y[o + c] = (x[i + c] - centre[c]) * scale[c] + offset[c];
      }
    }
  }

  void infer(
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
    int count = Blocks.count(spec.channels(), STRIP);
    if (thin(spec)) {
      for (int strip = 0; strip < count; strip++) {
        infer(
            strip, strips[0], spec, x, xo, gamma, go, shift, so, mean, mo, var, vo, y, yo, invStd,
            io);
      }
      return;
    }
    workers.run(
        count,
        (strip, worker) ->
            infer(
                strip,
                strips[worker],
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
                io));
  }

  private static void infer(
      int strip,
      Strip s,
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
    int first = strip * STRIP;
    int cols = Math.min(STRIP, spec.channels() - first);
    for (int c = 0; c < cols; c++) {
      int channel = first + c;
      double inverse = 1 / Math.sqrt((double) var[vo + channel] + spec.eps());
      if (invStd != null) {
        invStd[io + channel] = (float) inverse;
      }
      s.centre[c] = mean[mo + channel];
      s.scale[c] = (float) (inverse * (gamma == null ? 1 : gamma[go + channel]));
      s.offset[c] = shift == null ? 0 : shift[so + channel];
    }
    normalize(spec, first, cols, s, x, xo, y, yo);
  }

  void backward(
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
    int count = Blocks.count(spec.channels(), STRIP);
    if (thin(spec)) {
      for (int strip = 0; strip < count; strip++) {
        backward(
            strip,
            strips[0],
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
      return;
    }
    workers.run(
        count,
        (strip, worker) ->
            backward(
                strip,
                strips[worker],
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
                dso));
  }

  private void backward(
      int strip,
      Strip s,
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
    int first = strip * STRIP;
    int cols = Math.min(STRIP, spec.channels() - first);
    sums(spec, first, cols, dy, dyo, s.sums);
    for (int c = 0; c < cols; c++) {
      s.centre[c] = mean[mo + first + c];
      s.squares[c] = 0;
    }
    for (int r = 0; r < spec.outer(); r++) {
      int i = r * spec.channels() + first;
      for (int c = 0; c < cols; c++) {
        s.squares[c] += (double) (x[xo + i + c] - s.centre[c]) * dy[dyo + i + c];
      }
    }
    for (int c = 0; c < cols; c++) {
      int channel = first + c;
      double inverse = invStd[io + channel];
      if (dGamma != null) {
        BatchNorm.accumulate(s.squares[c] * inverse, betaGamma, dGamma, dgo + channel);
      }
      if (dShift != null) {
        BatchNorm.accumulate(s.sums[c], betaShift, dShift, dso + channel);
      }
      double scale = inverse * (gamma == null ? 1 : gamma[go + channel]);
      double perElement = batchStatistics ? scale / spec.count() : 0;
      s.scale[c] = (float) scale;
      s.slope[c] = (float) (-perElement * inverse * inverse * s.squares[c]);
      s.offset[c] = (float) (-perElement * s.sums[c]);
    }
    if (dx != null) {
      gradient(spec, first, cols, s, x, xo, dy, dyo, betaX, dx, dxo);
    }
  }

  private static void gradient(
      BatchNormSpec spec,
      int first,
      int cols,
      Strip s,
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    float[] centre = s.centre;
    float[] scale = s.scale;
    float[] slope = s.slope;
    float[] offset = s.offset;
    for (int r = 0; r < spec.outer(); r++) {
      int i = r * spec.channels() + first;
      for (int c = 0; c < cols; c++) {
        float d = x[xo + i + c] - centre[c];
        float v = dy[dyo + i + c] * scale[c] + (d * slope[c] + offset[c]);
        dx[dxo + i + c] = beta == 0 ? v : v + dx[dxo + i + c];
      }
    }
  }
}

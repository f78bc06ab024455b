package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a batch normalisation: {@code dx = scale (dy - mean of dy - (x - mean) invStd^2
 * mean of dy (x - mean))}, the means 0 where the statistics were given.
 */
final class BatchNormGradient extends BatchNormTask {

  private boolean batchStatistics;
  private float[] x = NONE;
  private int xo;
  private float @Nullable [] gamma;
  private int go;
  private float[] mean = NONE;
  private int mo;
  private float[] invStd = NONE;
  private int io;
  private float[] dy = NONE;
  private int dyo;
  private float betaX;
  private float @Nullable [] dx;
  private int dxo;
  private float betaGamma;
  private float @Nullable [] dGamma;
  private int dgo;
  private float betaShift;
  private float @Nullable [] dShift;
  private int dso;

  private float[] scale = NONE;
  private float[] slope = NONE;
  private float[] offset = NONE;

  BatchNormGradient(NormKernel kernel, Workers workers) {
    super(kernel, workers);
  }

  void run(
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
    begin(spec);
    this.batchStatistics = batchStatistics;
    this.x = x;
    this.xo = xo;
    this.gamma = gamma;
    this.go = go;
    this.mean = mean;
    this.mo = mo;
    this.invStd = invStd;
    this.io = io;
    this.dy = dy;
    this.dyo = dyo;
    this.betaX = betaX;
    this.dx = dx;
    this.dxo = dxo;
    this.betaGamma = betaGamma;
    this.dGamma = dGamma;
    this.dgo = dgo;
    this.betaShift = betaShift;
    this.dShift = dShift;
    this.dso = dso;
    scale = scales.get(spec.channels());
    slope = slopes.get(spec.channels());
    offset = offsets.get(spec.channels());
    sumAndPass();
  }

  @Override
  void end() {
    x = NONE;
    mean = NONE;
    invStd = NONE;
    dy = NONE;
    gamma = null;
    dx = null;
    dGamma = null;
    dShift = null;
  }

  @Override
  void sum(int images, int at, int first, int channels, int to) {
    kernel.channelSums(
        images,
        channels,
        spec.inner(),
        stride(),
        x,
        xo + at,
        mean,
        mo + first,
        dy,
        dyo + at,
        parts,
        to,
        to + spec.channels());
  }

  @Override
  void find(int c) {
    double sum = parts[c];
    double dot = parts[spec.channels() + c];
    double inverse = invStd[io + c];
    if (dGamma != null) {
      BatchNorm.accumulate(dot * inverse, betaGamma, dGamma, dgo + c);
    }
    if (dShift != null) {
      BatchNorm.accumulate(sum, betaShift, dShift, dso + c);
    }
    double by = inverse * (gamma == null ? 1 : gamma[go + c]);
    double perElement = batchStatistics ? by / spec.count() : 0;
    scale[c] = (float) by;
    slope[c] = (float) (-perElement * inverse * inverse * dot);
    offset[c] = (float) (-perElement * sum);
  }

  @Override
  void pass(int images, int at, int first, int channels) {
    if (dx != null) {
      kernel.channelGradient(
          images,
          channels,
          spec.inner(),
          stride(),
          x,
          xo + at,
          mean,
          mo + first,
          dy,
          dyo + at,
          scale,
          slope,
          offset,
          first,
          betaX,
          dx,
          dxo + at);
    }
  }
}

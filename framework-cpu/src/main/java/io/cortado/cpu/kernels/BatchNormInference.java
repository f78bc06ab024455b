package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import org.jspecify.annotations.Nullable;

/** Batch normalisation by given statistics: a pass without sums. */
final class BatchNormInference extends BatchNormTask {

  private float[] x = NONE;
  private int xo;
  private float[] mean = NONE;
  private int mo;
  private float[] y = NONE;
  private int yo;
  private float[] scale = NONE;
  private float[] offset = NONE;

  BatchNormInference(NormKernel kernel, Workers workers) {
    super(kernel, workers);
  }

  void run(
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
    begin(spec);
    this.x = x;
    this.xo = xo;
    this.mean = mean;
    this.mo = mo;
    this.y = y;
    this.yo = yo;
    scale = scales.get(spec.channels());
    offset = offsets.get(spec.channels());
    for (int c = 0; c < spec.channels(); c++) {
      double inverse = 1 / Math.sqrt((double) var[vo + c] + spec.eps());
      if (invStd != null) {
        invStd[io + c] = (float) inverse;
      }
      scale[c] = (float) (inverse * (gamma == null ? 1 : gamma[go + c]));
      offset[c] = shift == null ? 0 : shift[so + c];
    }
    passOnly();
  }

  @Override
  void end() {
    x = NONE;
    y = NONE;
    mean = NONE;
  }

  @Override
  void pass(int images, int at, int first, int channels) {
    kernel.normalizeChannels(
        images,
        channels,
        spec.inner(),
        stride(),
        x,
        xo + at,
        mean,
        mo + first,
        scale,
        offset,
        first,
        y,
        yo + at);
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation by the batch's own statistics.
 *
 * <p>Mean and variance are found in one pass, of distances from a number near the channel's mean:
 * that of some of the first images. {@code var = mean of d^2 - (mean of d)^2} loses accuracy as the
 * mean of d grows beside the deviation; where its square is {@link #MAX_GAP} times the variance, or
 * the squares are beyond floats, the channel is summed again in two passes and double precision.
 * What is lost when the mean is rounded to a float is put back into the shift.
 */
final class BatchNormTraining extends BatchNormTask {

  /** The fewest images whose mean is taken for near the channel's, if there are as many. */
  private static final int IMAGES = 4;

  /** The fewest elements of a channel in them, where images have few. */
  private static final int ELEMENTS = 32;

  /** The most elements of an image. */
  private static final int PLANE = 64;

  /** Rows, where a channel has one element in each. */
  private static final int ROWS = 8;

  /** Some two of 24 bits. */
  private static final double MAX_GAP = 4;

  private final VectorOps ops;
  private final FloatScratch centres = new FloatScratch();

  private float momentum;
  private float[] x = NONE;
  private int xo;
  private float @Nullable [] gamma;
  private int go;
  private float @Nullable [] shift;
  private int so;
  private float @Nullable [] runningMean;
  private int rmo;
  private float @Nullable [] runningVar;
  private int rvo;
  private float[] y = NONE;
  private int yo;
  private float[] mean = NONE;
  private int mo;
  private float[] invStd = NONE;
  private int io;

  private float[] centre = NONE;
  private float[] scale = NONE;
  private float[] offset = NONE;

  BatchNormTraining(VectorOps ops, NormKernel kernel, Workers workers) {
    super(kernel, workers);
    this.ops = ops;
  }

  void run(
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
    begin(spec);
    this.momentum = momentum;
    this.x = x;
    this.xo = xo;
    this.gamma = gamma;
    this.go = go;
    this.shift = shift;
    this.so = so;
    this.runningMean = runningMean;
    this.rmo = rmo;
    this.runningVar = runningVar;
    this.rvo = rvo;
    this.y = y;
    this.yo = yo;
    this.mean = mean;
    this.mo = mo;
    this.invStd = invStd;
    this.io = io;
    centre = centres.get(spec.channels());
    scale = scales.get(spec.channels());
    offset = offsets.get(spec.channels());
    sumAndPass();
  }

  @Override
  void end() {
    x = NONE;
    y = NONE;
    mean = NONE;
    invStd = NONE;
    gamma = null;
    shift = null;
    runningMean = null;
    runningVar = null;
  }

  @Override
  void sum(int images, int at, int first, int channels, int to) {
    int inner = spec.inner();
    int squares = to + spec.channels();
    kernel.moments(
        images, channels, inner, stride(), x, xo + at, centre, first, parts, to, squares);
  }

  @Override
  void find(int c) {
    double gap = parts[c] / spec.count();
    double variance = Math.max(0, parts[spec.channels() + c] / spec.count() - gap * gap);
    double exact = centre[c] + gap;
    boolean near = gap * gap <= MAX_GAP * (variance + spec.eps());
    if (!near || variance == Double.POSITIVE_INFINITY) {
      exact = mean(xo + c * spec.inner());
      variance = variance(xo + c * spec.inner(), exact);
    }
    double inverse = 1 / Math.sqrt(variance + spec.eps());
    centre[c] = (float) exact;
    mean[mo + c] = centre[c];
    invStd[io + c] = (float) inverse;
    updateRunning(c, exact, variance);
    double by = inverse * (gamma == null ? 1 : gamma[go + c]);
    scale[c] = (float) by;
    offset[c] = (float) ((shift == null ? 0 : shift[so + c]) - (exact - centre[c]) * by);
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
        centre,
        first,
        scale,
        offset,
        first,
        y,
        yo + at);
  }

  /** Writes a number near each channel's mean. */
  @Override
  void prepare(int first, int channels, int to) {
    int inner = spec.inner();
    if (inner == 1) {
      int rows = Math.min(ROWS, spec.outer());
      for (int r = 0, i = xo + first; r < rows; r++, i += spec.channels()) {
        ops.axpby(channels, 1f / rows, x, i, r == 0 ? 0f : 1f, centre, first);
      }
      return;
    }
    int images = Math.min(spec.outer(), Math.max(IMAGES, Math.ceilDiv(ELEMENTS, inner)));
    int at = xo + first * inner;
    clear(to, channels);
    if (inner <= PLANE) {
      int squares = to + spec.channels();
      Arrays.fill(centre, first, first + channels, 0f);
      kernel.moments(images, channels, inner, stride(), x, at, centre, first, parts, to, squares);
    } else {
      for (int image = 0; image < images; image++, at += stride()) {
        for (int c = 0; c < channels; c++) {
          parts[to + c] += ops.sum(PLANE, x, at + c * inner);
        }
      }
    }
    double count = (double) images * Math.min(inner, PLANE);
    for (int c = 0; c < channels; c++) {
      centre[first + c] = (float) (parts[to + c] / count);
    }
  }

  private double mean(int start) {
    double sum = 0;
    for (int image = 0; image < spec.outer(); image++) {
      for (int i = start + image * stride(), end = i + spec.inner(); i < end; i++) {
        sum += x[i];
      }
    }
    return sum / spec.count();
  }

  private double variance(int start, double mean) {
    double squares = 0;
    for (int image = 0; image < spec.outer(); image++) {
      squares += Sums.exactDeviations(spec.inner(), x, start + image * stride(), mean);
    }
    return squares / spec.count();
  }

  private void updateRunning(int c, double mean, double variance) {
    if (runningMean != null) {
      float old = runningMean[rmo + c];
      runningMean[rmo + c] = (float) ((1.0 - momentum) * old + momentum * mean);
    }
    if (runningVar != null) {
      float old = runningVar[rvo + c];
      double unbiased = variance * spec.count() / Math.max(1, spec.count() - 1);
      runningVar[rvo + c] = (float) ((1.0 - momentum) * old + momentum * unbiased);
    }
  }
}

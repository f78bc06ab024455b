package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.NormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of rows by their own statistics.
 *
 * <p>Mean and variance are found as {@link BatchNorm} finds them: in two passes, what is lost when
 * the mean is rounded put back. Rows are the blocks. The parameters' gradients are summed in one
 * part for each block, in double precision, and the parts in their order.
 *
 * <p>Arrays may be null where the seam's buffers may; their offsets are not looked at then.
 */
public final class Norm {

  /** The most parts of the parameters' gradients. */
  private static final int MAX_PARTS = 32;

  /** The most sums in all parts: 8 MiB of them. Wider rows have fewer parts. */
  private static final int MAX_SUMS = 1 << 20;

  /** Elements that stay in the nearest cache while several loops go over them. */
  private static final int CHUNK = 4096;

  /** The fewest rows whose parameters' gradients are summed at once: as the kernel takes them. */
  private static final int FEWEST_ROWS = 4;

  /** The most. */
  private static final int MOST_ROWS = 64;

  private final VectorOps ops;
  private final NormKernel kernel;
  private final Workers workers;
  private final double[][] rowSums;
  private final DoubleScratch parts = new DoubleScratch();

  /** Makes the kernels. */
  public Norm(VectorOps ops, NormKernel kernel, Workers workers) {
    this.ops = ops;
    this.kernel = kernel;
    this.workers = workers;
    this.rowSums = new double[workers.count()][2];
  }

  /** Normalises each row. */
  public void forward(
      NormSpec spec,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] shift,
      int so,
      float[] y,
      int yo,
      float @Nullable [] mean,
      int mo,
      float[] invStd,
      int io) {
    if (spec.count() == 0) {
      return;
    }
    int perBlock = Blocks.rows(spec.width(), Blocks.LIGHT);
    if (spec.rows() <= perBlock) {
      forward(0, spec.rows(), spec, x, xo, gamma, go, shift, so, y, yo, mean, mo, invStd, io);
      return;
    }
    workers.run(
        Blocks.count(spec.rows(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Blocks.end(first, perBlock, spec.rows());
          forward(first, end, spec, x, xo, gamma, go, shift, so, y, yo, mean, mo, invStd, io);
        });
  }

  private void forward(
      int first,
      int end,
      NormSpec spec,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] shift,
      int so,
      float[] y,
      int yo,
      float @Nullable [] mean,
      int mo,
      float[] invStd,
      int io) {
    int width = spec.width();
    for (int r = first; r < end; r++) {
      int in = xo + r * width;
      int out = yo + r * width;
      double exact = spec.centered() ? Sums.sum(ops, width, x, in) / width : 0;
      float rounded = (float) exact;
      double lost = exact - rounded;
      double squares = Sums.squaredDeviations(ops, width, x, in, rounded);
      double variance = Math.max(0, squares / width - lost * lost);
      double inverse = 1 / Math.sqrt(variance + spec.eps());
      if (mean != null) {
        mean[mo + r] = rounded;
      }
      invStd[io + r] = (float) inverse;
      int p = r % spec.groups() * spec.channels();
      if (spec.inner() == 1) {
        elements(width, x, in, rounded, inverse, lost, gamma, go + p, shift, so + p, y, out);
      } else {
        int inner = spec.inner();
        for (int c = 0; c < spec.channels(); c++) {
          double scale = inverse * (gamma == null ? 1 : gamma[go + p + c]);
          double offset = (shift == null ? 0 : shift[so + p + c]) - lost * scale;
          int at = c * inner;
          ops.normalize(inner, x, in + at, rounded, (float) scale, (float) offset, y, out + at);
        }
      }
    }
  }

  /** Normalises a row whose elements have a scale and a shift each. */
  private void elements(
      int width,
      float[] x,
      int xo,
      float mean,
      double inverse,
      double lost,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] shift,
      int so,
      float[] y,
      int yo) {
    float offset = (float) (-lost * inverse);
    if (gamma != null && shift != null) {
      ops.normalize(width, x, xo, mean, (float) inverse, offset, gamma, go, shift, so, y, yo);
      return;
    }
    for (int i = 0; i < width; i += CHUNK) {
      int n = Math.min(CHUNK, width - i);
      ops.normalize(n, x, xo + i, mean, (float) inverse, offset, y, yo + i);
      if (gamma != null) {
        ops.binary(BinaryOp.MUL, n, y, yo + i, gamma, go + i, 0f, y, yo + i);
      }
      if (shift != null) {
        ops.binary(BinaryOp.ADD, n, y, yo + i, shift, so + i, 0f, y, yo + i);
      }
    }
  }

  /** Computes the gradients. */
  public void backward(
      NormSpec spec,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] mean,
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
    int perPart = rowsOfPart(spec);
    int count = spec.count() == 0 ? 0 : Blocks.count(spec.rows(), perPart);
    double[] sums =
        dGamma == null && dShift == null ? null : parts.zeros(count * 2 * spec.parameters());
    if (count == 1) {
      part(
          0, 0, perPart, spec, x, xo, gamma, go, mean, mo, invStd, io, dy, dyo, betaX, dx, dxo,
          sums);
    } else {
      workers.run(
          count,
          (part, worker) ->
              part(
                  part, worker, perPart, spec, x, xo, gamma, go, mean, mo, invStd, io, dy, dyo,
                  betaX, dx, dxo, sums));
    }
    if (dGamma != null && sums != null) {
      total(spec, count, sums, 0, betaGamma, dGamma, dgo);
    }
    if (dShift != null && sums != null) {
      total(spec, count, sums, spec.parameters(), betaShift, dShift, dso);
    }
  }

  private static int rowsOfPart(NormSpec spec) {
    long most = Math.min(MAX_PARTS, MAX_SUMS / (2L * Math.max(1, spec.parameters())));
    long wanted = Math.clamp(spec.count() / Blocks.LIGHT, 1, Math.max(1, most));
    return (int) Math.max(1, Math.ceilDiv(spec.rows(), wanted));
  }

  private static void total(
      NormSpec spec, int count, double[] sums, int so, float beta, float[] y, int yo) {
    int parameters = spec.parameters();
    for (int p = 0; p < parameters; p++) {
      double sum = 0;
      for (int part = 0, i = so + p; part < count; part++, i += 2 * parameters) {
        sum += sums[i];
      }
      BatchNorm.accumulate(sum, beta, y, yo + p);
    }
  }

  private void part(
      int part,
      int worker,
      int perPart,
      NormSpec spec,
      float[] x,
      int xo,
      float @Nullable [] gamma,
      int go,
      float @Nullable [] mean,
      int mo,
      float[] invStd,
      int io,
      float[] dy,
      int dyo,
      float betaX,
      float @Nullable [] dx,
      int dxo,
      double @Nullable [] sums) {
    int first = part * perPart;
    int end = Blocks.end(first, perPart, spec.rows());
    int width = spec.width();
    int place = part * 2 * spec.parameters();
    // Rows are added to the sums some at a time; with several groups, neighbours are not alike.
    int tile = spec.groups() > 1 ? 1 : Math.clamp(2 * CHUNK / width, FEWEST_ROWS, MOST_ROWS);
    for (int r = first; r < end; r += tile) {
      int last = Math.min(r + tile, end);
      for (int row = r; row < last; row++) {
        float centre = mean == null ? 0 : mean[mo + row];
        int at = row * width;
        int p = row % spec.groups() * spec.channels();
        if (spec.inner() > 1) {
          channels(
              spec,
              x,
              xo + at,
              centre,
              invStd[io + row],
              gamma,
              go + p,
              dy,
              dyo + at,
              betaX,
              dx,
              dxo + at,
              sums,
              place + p);
        } else if (dx != null) {
          elements(
              spec,
              worker,
              x,
              xo + at,
              centre,
              invStd[io + row],
              gamma,
              go + p,
              dy,
              dyo + at,
              betaX,
              dx,
              dxo + at);
        }
      }
      if (sums != null && spec.inner() == 1) {
        int p = place + r % spec.groups() * spec.channels();
        int at = r * width;
        kernel.addRows(
            last - r, width, width, x, xo + at, mean, mo + r, invStd, io + r, dy, dyo + at, sums,
            p);
        ops.addRows(last - r, width, dy, dyo + at, width, sums, p + spec.parameters());
      }
    }
  }

  /** Computes the input's gradient in a row whose elements have a scale each. */
  private void elements(
      NormSpec spec,
      int worker,
      float[] x,
      int xo,
      float centre,
      double inverse,
      float @Nullable [] gamma,
      int go,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    int width = spec.width();
    double sum;
    double dot;
    if (gamma == null) {
      sum = spec.centered() ? Sums.sum(ops, width, dy, dyo) : 0;
      dot = Sums.dotDeviations(ops, width, x, xo, centre, dy, dyo);
    } else {
      double[] both = rowSums[worker];
      Arrays.fill(both, 0);
      for (int i = 0; i < width; i += VectorOps.MAX_RUN) {
        int n = Math.min(VectorOps.MAX_RUN, width - i);
        kernel.rowSums(n, x, xo + i, centre, gamma, go + i, dy, dyo + i, both);
      }
      sum = spec.centered() ? both[0] : 0;
      dot = both[1];
    }
    float a = (float) inverse;
    float slope = slope(inverse, dot, width);
    float offset = (float) (-inverse * sum / width);
    if (gamma == null) {
      ops.normalizeBackward(width, x, xo, centre, dy, dyo, a, slope, offset, beta, dx, dxo);
    } else {
      kernel.rowGradient(width, x, xo, centre, gamma, go, dy, dyo, a, slope, offset, beta, dx, dxo);
    }
  }

  /** Returns by how much {@code x - mean} counts in the gradient: dot is that of x - mean. */
  private static float slope(double inverse, double dot, int width) {
    return (float) (-inverse * inverse * inverse * dot / width);
  }

  /** Computes all gradients of a row whose channels have a scale each. */
  private void channels(
      NormSpec spec,
      float[] x,
      int xo,
      float centre,
      double inverse,
      float @Nullable [] gamma,
      int go,
      float[] dy,
      int dyo,
      float beta,
      float @Nullable [] dx,
      int dxo,
      double @Nullable [] sums,
      int so) {
    int inner = spec.inner();
    double sum = 0;
    double dot = 0;
    for (int c = 0; c < spec.channels(); c++) {
      int at = c * inner;
      double ofShift = Sums.sum(ops, inner, dy, dyo + at);
      double ofGamma = Sums.dotDeviations(ops, inner, x, xo + at, centre, dy, dyo + at);
      double scale = gamma == null ? 1 : gamma[go + c];
      sum += scale * ofShift;
      dot += scale * ofGamma;
      if (sums != null) {
        sums[so + c] += ofGamma * inverse;
        sums[so + spec.parameters() + c] += ofShift;
      }
    }
    if (dx == null) {
      return;
    }
    float slope = slope(inverse, dot, spec.width());
    float offset = spec.centered() ? (float) (-inverse * sum / spec.width()) : 0;
    for (int c = 0; c < spec.channels(); c++) {
      int at = c * inner;
      float scale = (float) (inverse * (gamma == null ? 1 : gamma[go + c]));
      ops.normalizeBackward(
          inner, x, xo + at, centre, dy, dyo + at, scale, slope, offset, beta, dx, dxo + at);
    }
  }
}

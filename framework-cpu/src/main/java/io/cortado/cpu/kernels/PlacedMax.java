package io.cortado.cpu.kernels;

import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.cpu.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * The largest elements of windows over three axes, and where they are.
 *
 * <p>A block of work is a few rows of the output. Bound by comparisons and their mispredicted
 * branches.
 */
public final class PlacedMax {

  private final Workers workers;

  /** Makes the kernel. */
  public PlacedMax(Workers workers) {
    this.workers = workers;
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
    Call call = new Call(s, drawn, samplesOff, x, xOff, y, yOff, places, placesOff);
    int rows = Math.toIntExact(s.outputSize() / s.columns().out());
    long reads = s.inputSize() / rows + s.columns().out();
    int perBlock = Blocks.rows(reads, Blocks.HEAVY);
    if (rows <= perBlock) {
      call.rows(0, rows);
      return;
    }
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) -> call.rows(block * perBlock, Math.min((block + 1) * perBlock, rows)));
  }

  /** The operands of a call. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(
      MaxPoolSpec spec,
      float[] samples,
      int samplesOff,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int[] places,
      int placesOff) {

    void rows(int from, int end) {
      int perPlane = spec.depth().out() * spec.rows().out();
      for (int row = from; row < end; row++) {
        int inPlane = row % perPlane;
        row(row, row / perPlane, inPlane / spec.rows().out(), inPlane % spec.rows().out());
      }
    }

    /** Returns the sample of an axis, 0 being the last. */
    private float sample(int plane, int axisFromEnd) {
      int random = spec.randomAxes();
      int at = random - 1 - axisFromEnd;
      return at < 0 ? 0 : samples[samplesOff + plane * random + at];
    }

    private void row(int row, int plane, int i, int j) {
      float deep = sample(plane, 2);
      float down = sample(plane, 1);
      float across = sample(plane, 0);
      WindowAxis columns = spec.columns();
      int fromD = spec.depth().first(i, deep);
      int endD = spec.depth().end(i, deep);
      int fromR = spec.rows().first(j, down);
      int endR = spec.rows().end(j, down);
      int stepD = spec.depth().dilation();
      int stepR = spec.rows().dilation();
      int stepC = columns.dilation();
      int height = spec.rows().in();
      int width = columns.in();
      int base = xOff + plane * spec.inputPlane();
      int out = row * columns.out();
      for (int k = 0; k < columns.out(); k++) {
        int fromC = columns.first(k, across);
        int endC = columns.end(k, across);
        float best = Float.NEGATIVE_INFINITY;
        int place = -1;
        for (int d = fromD; d < endD; d += stepD) {
          for (int r = fromR; r < endR; r += stepR) {
            int line = (d * height + r) * width;
            for (int c = fromC; c < endC; c += stepC) {
              float v = x[base + line + c];
              if (place < 0 || v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                best = v;
                place = line + c;
              }
            }
          }
        }
        y[yOff + out + k] = best;
        places[placesOff + out + k] = place;
      }
    }
  }
}

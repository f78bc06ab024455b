package io.cortado.cpu.kernels;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.cpu.parallel.Workers;
import java.util.Arrays;

/** Sorts, and running sums and products, along an axis. */
public final class Ordering {

  /** Inner places that a scan takes side by side. */
  private static final int STRIP = 64;

  private final Workers workers;
  private final long[][] keys;
  private final double[][] running;

  /** Makes the kernels. */
  public Ordering(Workers workers) {
    this.workers = workers;
    this.keys = new long[workers.count()][0];
    this.running = new double[workers.count()][STRIP];
  }

  /** Writes the first elements in order, and where along the axis they were. */
  public void sort(SortSpec s, float[] x, int xo, float[] values, int vo, int[] indices, int io) {
    AxisSpec axis = s.axis();
    if (s.outputSize() == 0) {
      return;
    }
    int inner = (int) axis.inner();
    int lines = (int) axis.outer() * inner;
    int perBlock = Blocks.rows(axis.extent(), Blocks.HEAVY);
    if (lines <= perBlock) {
      lines(s, 0, lines, 0, x, xo, values, vo, indices, io);
      return;
    }
    workers.run(
        Blocks.count(lines, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, lines);
          lines(s, block * perBlock, end, worker, x, xo, values, vo, indices, io);
        });
  }

  private void lines(
      SortSpec s,
      int first,
      int end,
      int worker,
      float[] x,
      int xo,
      float[] values,
      int vo,
      int[] indices,
      int io) {
    int extent = s.axis().extent();
    int inner = (int) s.axis().inner();
    if (keys[worker].length < extent) {
      keys[worker] = new long[extent];
    }
    for (int line = first; line < end; line++) {
      int o = line / inner;
      int i = line % inner;
      int to = o * s.k() * inner + i;
      line(s, keys[worker], x, xo + o * extent * inner + i, values, vo + to, indices, io + to);
    }
  }

  /** The place is part of the key, so that no two are equal and any sort is stable. */
  private static void line(
      SortSpec s,
      long[] keys,
      float[] x,
      int from,
      float[] values,
      int valuesTo,
      int[] indices,
      int indicesTo) {
    int n = s.axis().extent();
    int inner = (int) s.axis().inner();
    for (int e = 0; e < n; e++) {
      int key = ordered(x[from + e * inner]);
      keys[e] = (long) (s.descending() ? ~key : key) << 32 | e;
    }
    Arrays.sort(keys, 0, n);
    for (int j = 0; j < s.k(); j++) {
      int e = (int) keys[j];
      values[valuesTo + j * inner] = x[from + e * inner];
      indices[indicesTo + j * inner] = e;
    }
  }

  /** Returns an integer that is ordered as the number is: NaN last, and one zero. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ (bits >> 31) & Integer.MAX_VALUE;
  }

  /** Computes {@code y = running sums or products of x + beta * y}. */
  public void scan(ScanSpec s, float[] x, int xo, float beta, float[] y, int yo) {
    AxisSpec axis = s.axis();
    if (axis.size() == 0) {
      return;
    }
    int inner = (int) axis.inner();
    int strips = Blocks.count(inner, STRIP);
    int units = (int) axis.outer() * strips;
    int perBlock = Blocks.rows((long) axis.extent() * Math.min(inner, STRIP), Blocks.LIGHT);
    if (units <= perBlock) {
      strips(s, 0, units, running[0], x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, units);
          strips(s, block * perBlock, end, running[worker], x, xo, beta, y, yo);
        });
  }

  private static void strips(
      ScanSpec s,
      int from,
      int end,
      double[] running,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    int inner = (int) s.axis().inner();
    int strips = Blocks.count(inner, STRIP);
    for (int unit = from; unit < end; unit++) {
      int first = unit % strips * STRIP;
      int at = unit / strips * s.axis().extent() * inner + first;
      strip(s, Math.min(STRIP, inner - first), running, x, xo + at, beta, y, yo + at);
    }
  }

  private static void strip(
      ScanSpec s, int cols, double[] running, float[] x, int xo, float beta, float[] y, int yo) {
    boolean sum = s.op() == ScanSpec.Op.SUM;
    int extent = s.axis().extent();
    int inner = (int) s.axis().inner();
    Arrays.fill(running, 0, cols, sum ? 0 : 1);
    for (int k = 0; k < extent; k++) {
      int row = (s.reverse() ? extent - 1 - k : k) * inner;
      for (int i = 0; i < cols; i++) {
        double before = running[i];
        float next = x[xo + row + i];
        double after = sum ? before + next : before * next;
        running[i] = after;
        float value = (float) (s.exclusive() ? before : after);
        int to = yo + row + i;
        y[to] = beta == 0 ? value : value + beta * y[to];
      }
    }
  }
}

package io.cortado.cpu.simd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The poolings in plain Java; bound by comparisons, one after the other, and by their mispredicted
 * branches.
 */
public final class ScalarPoolKernel implements PoolKernel {

  /** Makes the kernels. */
  public ScalarPoolKernel() {}

  @Override
  public void maxPairs(
      int planes,
      int height,
      int width,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff) {
    int rows = height / 2;
    int cols = width / 2;
    for (int r = 0; r < planes * rows; r++) {
      int plane = r / rows;
      int in = xOff + plane * height * width;
      int out = r * cols;
      maxOf(cols, x, in, r % rows * 2 * width, width, y, yOff + out, at, atOff + out);
    }
  }

  /** Computes n windows; the first's first element is {@code first} in its plane. */
  static void maxOf(
      int n,
      float[] x,
      int planeOff,
      int first,
      int width,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff) {
    for (int j = 0; j < n; j++) {
      int a = first + 2 * j;
      int c = a + width;
      float va = x[planeOff + a];
      float vb = x[planeOff + a + 1];
      float vc = x[planeOff + c];
      float vd = x[planeOff + c + 1];
      boolean second = isLarger(vb, va);
      float upper = second ? vb : va;
      boolean fourth = isLarger(vd, vc);
      float lower = fourth ? vd : vc;
      boolean below = isLarger(lower, upper);
      y[yOff + j] = below ? lower : upper;
      if (at != null) {
        at[atOff + j] = below ? (fourth ? c + 1 : c) : (second ? a + 1 : a);
      }
    }
  }

  private static boolean isLarger(float v, float best) {
    return v > best || (Float.isNaN(v) && !Float.isNaN(best));
  }

  @Override
  public void maxPairsBackward(
      int planes,
      int height,
      int width,
      int[] at,
      int atOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dx,
      int dxOff) {
    if (beta == 0) {
      Arrays.fill(dx, dxOff, dxOff + planes * height * width, 0);
    }
    int size = height / 2 * (width / 2);
    for (int p = 0; p < planes; p++) {
      int in = dxOff + p * height * width;
      int out = p * size;
      for (int i = out; i < out + size; i++) {
        dx[in + at[atOff + i]] += dy[dyOff + i];
      }
    }
  }

  /** Writes one row of gradients under n windows; it begins at element {@code first}. */
  static void spreadOf(
      int n, int[] at, int atOff, float[] dy, int dyOff, int first, float[] dx, int dxOff) {
    for (int j = 0; j < n; j++) {
      int index = at[atOff + j] - first - 2 * j;
      dx[dxOff + 2 * j] = index == 0 ? dy[dyOff + j] : 0;
      dx[dxOff + 2 * j + 1] = index == 1 ? dy[dyOff + j] : 0;
    }
  }

  /** Writes one row of gradients under n windows that are summed. */
  static void twiceOf(int n, float[] dy, int dyOff, float scale, float[] dx, int dxOff) {
    for (int j = 0; j < n; j++) {
      dx[dxOff + 2 * j] = dy[dyOff + j] * scale;
      dx[dxOff + 2 * j + 1] = dy[dyOff + j] * scale;
    }
  }

  @Override
  public void sumPairs(
      int planes, int height, int width, float[] x, int xOff, float scale, float[] y, int yOff) {
    int rows = height / 2;
    int cols = width / 2;
    for (int r = 0; r < planes * rows; r++) {
      int in = xOff + r / rows * height * width + r % rows * 2 * width;
      sumOf(cols, x, in, width, scale, y, yOff + r * cols);
    }
  }

  /** Sums n windows. */
  static void sumOf(int n, float[] x, int xOff, int width, float scale, float[] y, int yOff) {
    for (int j = 0; j < n; j++) {
      int a = xOff + 2 * j;
      int c = a + width;
      y[yOff + j] = ((x[a] + x[a + 1]) + (x[c] + x[c + 1])) * scale;
    }
  }

  @Override
  public void sumPairsBackward(
      int planes,
      int height,
      int width,
      float[] dy,
      int dyOff,
      float scale,
      float beta,
      float[] dx,
      int dxOff) {
    if (beta == 0) {
      Arrays.fill(dx, dxOff, dxOff + planes * height * width, 0);
    }
    int rows = height / 2;
    int cols = width / 2;
    for (int r = 0; r < planes * rows; r++) {
      int in = dxOff + r / rows * height * width + r % rows * 2 * width;
      for (int j = 0; j < cols; j++) {
        float share = dy[dyOff + r * cols + j] * scale;
        int a = in + 2 * j;
        dx[a] += share;
        dx[a + 1] += share;
        dx[a + width] += share;
        dx[a + width + 1] += share;
      }
    }
  }

  @Override
  public void maxRow(
      WindowGrid grid,
      int n,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      int first,
      int room,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff) {
    int[] taps = grid.taps();
    for (int j = 0; j < n; j++) {
      float best = Float.NEGATIVE_INFINITY;
      int place = -1;
      for (int r = rowFrom; r < rowTo; r += grid.rowStep()) {
        int row = off + r * grid.stagedRow() + j;
        for (int c = 0; c < taps.length; c++) {
          float v = staged[row + taps[c]];
          if (place < 0 || isLarger(v, best)) {
            best = v;
            place = r * grid.width() + grid.columns()[c];
          }
        }
      }
      y[yOff + j] = best;
      if (at != null) {
        at[atOff + j] = first + j * grid.stride() + place;
      }
    }
  }

  @Override
  public void sumRow(
      WindowGrid grid,
      int n,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      float[] divisor,
      int divisorOff,
      int room,
      float[] y,
      int yOff) {
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int r = rowFrom; r < rowTo; r += grid.rowStep()) {
        float row = 0;
        for (int tap : grid.taps()) {
          row += staged[off + r * grid.stagedRow() + tap + j];
        }
        sum += row;
      }
      y[yOff + j] = sum / divisor[divisorOff + j];
    }
  }

  @Override
  public void part(
      int height, int width, int stride, float[] x, int xOff, float[] y, int row, int phase) {
    for (int p = 0; p < stride; p++) {
      for (int r = 0; r < height; r++) {
        partOf(width - p, stride, x, xOff + r * width + p, y, p * phase + r * row);
      }
    }
  }

  /** Copies every so many-th of n elements. */
  static void partOf(int n, int stride, float[] x, int xOff, float[] y, int yOff) {
    int to = yOff;
    for (int j = 0; j < n; j += stride) {
      y[to++] = x[xOff + j];
    }
  }
}

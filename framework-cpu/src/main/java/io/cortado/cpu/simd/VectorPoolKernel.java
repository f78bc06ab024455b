package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The poolings of pairs by the Vector API: as many windows at once as a vector has lanes.
 *
 * <p>Two vectors of an input row are parted into their even and their odd elements, by a shuffle of
 * each and a blend; after that the four elements of a window are in the same lane of four vectors,
 * and comparing is free of branches: random data mispredicts a branch of the scalar loop every
 * other window. Going back, each gradient is doubled into two neighbouring lanes.
 *
 * <p>Vectors are whole, also at the end of a row: what they write beyond it, the next row
 * overwrites. A masked store takes several times as long. The last rows of the last plane, which
 * have nothing behind them, are left to the scalar loops. Bound by the shuffles where the planes
 * are in cache, else by memory.
 */
public final class VectorPoolKernel implements PoolKernel {

  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  private static final ScalarPoolKernel SCALAR = new ScalarPoolKernel();

  private static final VectorMask<Float> UPPER_HALF = upperHalf();

  /** Lane i is element 2 i of two vectors, the second of them in the upper half. */
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(SPECIES, i -> 2 * i % LENGTH);

  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(SPECIES, i -> 2 * i % LENGTH + 1);

  /** Lane i is element i / 2 of a vector's lower half. */
  private static final VectorShuffle<Float> TWICE_LOW = VectorShuffle.fromOp(SPECIES, i -> i / 2);

  private static final VectorShuffle<Float> TWICE_HIGH =
      VectorShuffle.fromOp(SPECIES, i -> LENGTH / 2 + i / 2);

  private static final IntVector COUNT = IntVector.zero(INTS).addIndex(1);
  private static final IntVector COUNT_BY_2 = IntVector.zero(INTS).addIndex(2);

  private static VectorMask<Float> upperHalf() {
    return SPECIES.indexInRange(0, LENGTH / 2).not();
  }

  /** Makes the kernels. */
  public VectorPoolKernel() {}

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
    for (int p = 0; p < planes; p++) {
      int in = p * height * width;
      int left = (planes - p) * height * width - width;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j += LENGTH) {
          int to = (p * rows + i) * cols + j;
          int first = 2 * i * width + 2 * j;
          if (first + 2 * LENGTH > left || to + LENGTH > planes * rows * cols) {
            int n = Math.min(LENGTH, cols - j);
            ScalarPoolKernel.maxOf(n, x, xOff + in, first, width, y, yOff + to, at, atOff + to);
          } else if (at == null) {
            largest(x, xOff + in + first, width, y, yOff + to);
          } else {
            largest(x, xOff + in + first, first, width, y, yOff + to, at, atOff + to);
          }
        }
      }
    }
  }

  private static void largest(float[] x, int xOff, int width, float[] y, int yOff) {
    FloatVector t0 = FloatVector.fromArray(SPECIES, x, xOff);
    FloatVector t1 = FloatVector.fromArray(SPECIES, x, xOff + LENGTH);
    FloatVector va = t0.rearrange(EVEN).blend(t1.rearrange(EVEN), UPPER_HALF);
    FloatVector vb = t0.rearrange(ODD).blend(t1.rearrange(ODD), UPPER_HALF);
    FloatVector u0 = FloatVector.fromArray(SPECIES, x, xOff + width);
    FloatVector u1 = FloatVector.fromArray(SPECIES, x, xOff + width + LENGTH);
    FloatVector vc = u0.rearrange(EVEN).blend(u1.rearrange(EVEN), UPPER_HALF);
    FloatVector vd = u0.rearrange(ODD).blend(u1.rearrange(ODD), UPPER_HALF);
    // The earlier element stays unless the later is larger, or is the first NaN.
    FloatVector upper = vb.blend(va, vb.compare(LE, va).or(va.compare(NE, va)));
    FloatVector lower = vd.blend(vc, vd.compare(LE, vc).or(vc.compare(NE, vc)));
    VectorMask<Float> above = lower.compare(LE, upper).or(upper.compare(NE, upper));
    lower.blend(upper, above).intoArray(y, yOff);
  }

  private static void largest(
      float[] x, int xOff, int first, int width, float[] y, int yOff, int[] at, int atOff) {
    FloatVector t0 = FloatVector.fromArray(SPECIES, x, xOff);
    FloatVector t1 = FloatVector.fromArray(SPECIES, x, xOff + LENGTH);
    FloatVector va = t0.rearrange(EVEN).blend(t1.rearrange(EVEN), UPPER_HALF);
    FloatVector vb = t0.rearrange(ODD).blend(t1.rearrange(ODD), UPPER_HALF);
    FloatVector u0 = FloatVector.fromArray(SPECIES, x, xOff + width);
    FloatVector u1 = FloatVector.fromArray(SPECIES, x, xOff + width + LENGTH);
    FloatVector vc = u0.rearrange(EVEN).blend(u1.rearrange(EVEN), UPPER_HALF);
    FloatVector vd = u0.rearrange(ODD).blend(u1.rearrange(ODD), UPPER_HALF);
    IntVector left = COUNT_BY_2.add(first);
    VectorMask<Float> isFirst = vb.compare(LE, va).or(va.compare(NE, va));
    FloatVector upper = vb.blend(va, isFirst);
    IntVector upperAt = left.add(1).blend(left, isFirst.cast(INTS));
    VectorMask<Float> isThird = vd.compare(LE, vc).or(vc.compare(NE, vc));
    FloatVector lower = vd.blend(vc, isThird);
    IntVector lowerAt = left.add(width + 1).blend(left.add(width), isThird.cast(INTS));
    VectorMask<Float> above = lower.compare(LE, upper).or(upper.compare(NE, upper));
    lower.blend(upper, above).intoArray(y, yOff);
    lowerAt.blend(upperAt, above.cast(INTS)).intoArray(at, atOff);
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
    if (beta != 0 || width <= LENGTH) {
      // Adding, and rows that fill half of a vector or less: there the scalar loop is the faster.
      SCALAR.maxPairsBackward(planes, height, width, at, atOff, dy, dyOff, beta, dx, dxOff);
      return;
    }
    int rows = height / 2;
    int cols = width / 2;
    for (int p = 0; p < planes; p++) {
      int in = p * height * width;
      int left = (planes - p) * height * width;
      for (int r = 0; r < 2 * rows; r++) {
        for (int j = 0; j < cols; j += LENGTH) {
          int from = (p * rows + r / 2) * cols + j;
          int first = r * width + 2 * j;
          int to = dxOff + in + first;
          if (first + 2 * LENGTH <= left && from + LENGTH <= planes * rows * cols) {
            spread(at, atOff + from, dy, dyOff + from, first, dx, to);
          } else {
            int n = Math.min(LENGTH, cols - j);
            ScalarPoolKernel.spreadOf(n, at, atOff + from, dy, dyOff + from, first, dx, to);
          }
        }
      }
      clearOdd(height, width, dx, dxOff + in);
    }
  }

  /** Writes two vectors of one row of gradients: dy where the index says so, 0 else. */
  private static void spread(
      int[] at, int atOff, float[] dy, int dyOff, int first, float[] dx, int to) {
    FloatVector g = FloatVector.fromArray(SPECIES, dy, dyOff);
    // Indices travel as floats of the same bits: one kind of shuffle serves both.
    FloatVector w = IntVector.fromArray(INTS, at, atOff).reinterpretAsFloats();
    IntVector w0 = w.rearrange(TWICE_LOW).reinterpretAsInts();
    IntVector w1 = w.rearrange(TWICE_HIGH).reinterpretAsInts();
    VectorMask<Float> m0 = w0.compare(EQ, COUNT.add(first)).cast(SPECIES);
    VectorMask<Float> m1 = w1.compare(EQ, COUNT.add(first + LENGTH)).cast(SPECIES);
    FloatVector zero = FloatVector.zero(SPECIES);
    zero.blend(g.rearrange(TWICE_LOW), m0).intoArray(dx, to);
    zero.blend(g.rearrange(TWICE_HIGH), m1).intoArray(dx, to + LENGTH);
  }

  /** Zeroes what lies in no window. */
  private static void clearOdd(int height, int width, float[] dx, int dxOff) {
    for (int r = 0; r < height && width % 2 != 0; r++) {
      dx[dxOff + (r + 1) * width - 1] = 0;
    }
    for (int j = 0; j < width && height % 2 != 0; j++) {
      dx[dxOff + (height - 1) * width + j] = 0;
    }
  }

  @Override
  public void sumPairs(
      int planes, int height, int width, float[] x, int xOff, float scale, float[] y, int yOff) {
    int rows = height / 2;
    int cols = width / 2;
    for (int p = 0; p < planes; p++) {
      int in = p * height * width;
      int left = (planes - p) * height * width - width;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j += LENGTH) {
          int to = (p * rows + i) * cols + j;
          int first = 2 * i * width + 2 * j;
          if (first + 2 * LENGTH > left || to + LENGTH > planes * rows * cols) {
            int n = Math.min(LENGTH, cols - j);
            ScalarPoolKernel.sumOf(n, x, xOff + in + first, width, scale, y, yOff + to);
          } else {
            sum(x, xOff + in + first, width, scale, y, yOff + to);
          }
        }
      }
    }
  }

  private static void sum(float[] x, int xOff, int width, float scale, float[] y, int yOff) {
    FloatVector t0 = FloatVector.fromArray(SPECIES, x, xOff);
    FloatVector t1 = FloatVector.fromArray(SPECIES, x, xOff + LENGTH);
    FloatVector va = t0.rearrange(EVEN).blend(t1.rearrange(EVEN), UPPER_HALF);
    FloatVector vb = t0.rearrange(ODD).blend(t1.rearrange(ODD), UPPER_HALF);
    FloatVector u0 = FloatVector.fromArray(SPECIES, x, xOff + width);
    FloatVector u1 = FloatVector.fromArray(SPECIES, x, xOff + width + LENGTH);
    FloatVector vc = u0.rearrange(EVEN).blend(u1.rearrange(EVEN), UPPER_HALF);
    FloatVector vd = u0.rearrange(ODD).blend(u1.rearrange(ODD), UPPER_HALF);
    va.add(vb).add(vc.add(vd)).mul(scale).intoArray(y, yOff);
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
    if (beta != 0) {
      SCALAR.sumPairsBackward(planes, height, width, dy, dyOff, scale, beta, dx, dxOff);
      return;
    }
    int rows = height / 2;
    int cols = width / 2;
    for (int p = 0; p < planes; p++) {
      int in = p * height * width;
      int left = (planes - p) * height * width;
      for (int r = 0; r < 2 * rows; r++) {
        for (int j = 0; j < cols; j += LENGTH) {
          int from = (p * rows + r / 2) * cols + j;
          int first = r * width + 2 * j;
          int to = dxOff + in + first;
          if (first + 2 * LENGTH <= left && from + LENGTH <= planes * rows * cols) {
            FloatVector g = FloatVector.fromArray(SPECIES, dy, dyOff + from).mul(scale);
            g.rearrange(TWICE_LOW).intoArray(dx, to);
            g.rearrange(TWICE_HIGH).intoArray(dx, to + LENGTH);
          } else {
            int n = Math.min(LENGTH, cols - j);
            ScalarPoolKernel.twiceOf(n, dy, dyOff + from, scale, dx, to);
          }
        }
      }
      clearOdd(height, width, dx, dxOff + in);
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
    int j = 0;
    while (j < n) {
      int b = VectorWindows.begin(j, n, room);
      if (b < 0) {
        SCALAR.maxRow(grid, n, rowFrom, rowTo, staged, off, first, room, y, yOff, at, atOff);
        return;
      }
      if (at == null) {
        VectorWindows.largest(grid, rowFrom, rowTo, staged, off + b, y, yOff + b);
      } else {
        int place = first + b * grid.stride();
        VectorWindows.largest(
            grid, rowFrom, rowTo, staged, off + b, place, y, yOff + b, at, atOff + b);
      }
      j += LENGTH;
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
    int j = 0;
    while (j < n) {
      int b = VectorWindows.begin(j, n, room);
      if (b < 0) {
        SCALAR.sumRow(grid, n, rowFrom, rowTo, staged, off, divisor, divisorOff, room, y, yOff);
        return;
      }
      VectorWindows.sum(
          grid, rowFrom, rowTo, staged, off + b, divisor, divisorOff + b, y, yOff + b);
      j += LENGTH;
    }
  }

  @Override
  public void part(
      int height, int width, int stride, float[] x, int xOff, float[] y, int row, int phase) {
    if (stride != 2) {
      SCALAR.part(height, width, stride, x, xOff, y, row, phase);
      return;
    }
    for (int r = 0; r < height; r++) {
      int from = xOff + r * width;
      int to = r * row;
      for (int j = 0; j < width; j += 2 * LENGTH) {
        if (from + j + 2 * LENGTH <= x.length) {
          FloatVector t0 = FloatVector.fromArray(SPECIES, x, from + j);
          FloatVector t1 = FloatVector.fromArray(SPECIES, x, from + j + LENGTH);
          t0.rearrange(EVEN).blend(t1.rearrange(EVEN), UPPER_HALF).intoArray(y, to + j / 2);
          t0.rearrange(ODD).blend(t1.rearrange(ODD), UPPER_HALF).intoArray(y, phase + to + j / 2);
        } else {
          ScalarPoolKernel.partOf(width - j, 2, x, from + j, y, to + j / 2);
          ScalarPoolKernel.partOf(width - j - 1, 2, x, from + j + 1, y, phase + to + j / 2);
          break;
        }
      }
    }
  }
}

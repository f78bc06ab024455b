package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every tile, packing and sum of the matrix products' kernels against loops in double precision.
 */
class ProductKernelTest {

  private static final float TOLERANCE = 1e-5f;
  private static final int GUARD = 37;

  static List<ProductKernel> kernels() {
    return List.of(new VectorProductKernel(), new ScalarProductKernel());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void tilesOfAllSizes(ProductKernel kernel) {
    int wide = kernel.columns();
    int[] columns =
        IntStream.concat(
                IntStream.rangeClosed(1, wide), IntStream.of(wide + 1, 2 * wide, 3 * wide - 1))
            .toArray();
    for (int rows = 1; rows <= kernel.rows(); rows++) {
      for (int n : columns) {
        for (int k : new int[] {0, 1, 2, 7, 19}) {
          tiles(kernel, k, rows, n, k + 3, 1, 1, 0);
          tiles(kernel, k, rows, n, 1, kernel.rows(), 0.5f, 0);
          tiles(kernel, k, rows, n, k + 1, 1, 1, 1);
          tiles(kernel, k, rows, n, 2, 13, -2, -0.75f);
        }
      }
    }
  }

  private static void tiles(
      ProductKernel kernel, int k, int rows, int n, int aRow, int aStep, float alpha, float beta) {
    int wide = kernel.columns();
    int slivers = (n + wide - 1) / wide;
    int bStep = wide + 1;
    int sliver = k * bStep + 5;
    float[] a = random(k * aStep + rows * aRow + 1, 1);
    float[] b = random(slivers * sliver + wide, 2);
    int ldc = slivers * wide + 3;
    float[] c = beta == 0 ? poisoned(rows * ldc + 2 * GUARD) : random(rows * ldc + 2 * GUARD, 3);
    float[] got = c.clone();
    kernel.tiles(k, alpha, a, 1, aRow, aStep, b, 0, bStep, sliver, beta, got, GUARD, ldc, rows, n);
    float[] want = c.clone();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          double x = a[1 + i * aRow + p * aStep];
          sum += x * b[j / wide * sliver + p * bStep + j % wide];
        }
        int at = GUARD + i * ldc + j;
        want[at] = (float) (alpha * sum + (beta == 0 ? 0 : beta * c[at]));
      }
    }
    assertClose(rows + " x " + n + " x " + k, got, want);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void packsRowsUpToTheEndOfTheArray(ProductKernel kernel) {
    for (int width : new int[] {kernel.rows(), kernel.columns()}) {
      for (int count = 1; count <= 5 * width + 1; count++) {
        for (int depth : new int[] {1, 2, 9}) {
          int ld = count + depth % 3;
          float[] src = random((depth - 1) * ld + count, 4);
          int sliver = depth * width + 1;
          float[] dst = poisoned((count / width + 1) * sliver + width);
          kernel.packRows(depth, count, src, 0, ld, dst, 0, sliver, width);
          for (int i = 0; i < count; i++) {
            for (int p = 0; p < depth; p++) {
              assertThat(dst[i / width * sliver + p * width + i % width])
                  .as("width %d, count %d, (%d, %d)", width, count, p, i)
                  .isEqualTo(src[p * ld + i]);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void packsColumnsAndNothingElse(ProductKernel kernel) {
    int width = kernel.columns();
    for (int count = 1; count <= width; count++) {
      for (int depth : new int[] {1, 3, 4, 7, 8, 9, 130, 145}) {
        int ld = depth + count % 3;
        float[] src = random((count - 1) * ld + depth, 5);
        float[] dst = poisoned(depth * width);
        kernel.packColumns(depth, count, src, 0, ld, dst, 0, width);
        for (int at = 0; at < dst.length; at++) {
          int p = at / width;
          int i = at % width;
          float want = i < count ? src[i * ld + p] : Float.NaN;
          assertThat(Float.floatToRawIntBits(dst[at]))
              .as("count %d, depth %d, (%d, %d)", count, depth, p, i)
              .isEqualTo(Float.floatToRawIntBits(want));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void sumsAndAxpysOfAllLengths(ProductKernel kernel) {
    for (int n = 0; n < 150; n++) {
      float[] x = random(n + 1, 6);
      float[] y = random(5 * n + 4, 7);
      float[] dots = poisoned(4);
      kernel.dots(n, x, 1, y, 0, n + 1, 3 * n, 3 * n + 2, dots);
      int[] starts = {0, n + 1, 3 * n, 3 * n + 2};
      float[] want = new float[4];
      for (int q = 0; q < 4; q++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += (double) x[1 + i] * y[starts[q] + i];
        }
        want[q] = (float) sum;
      }
      assertClose("dots of " + n, dots, want);

      float[] got = random(n + 2, 8);
      float[] sums = got.clone();
      for (int i = 0; i < n; i++) {
        double sum = got[1 + i] + 0.5 * y[i] - 2.0 * y[n + i] + 0.25 * y[2 * n + i] + y[3 * n + i];
        sums[1 + i] = (float) (sum - 3.0 * y[4 * n + i]);
      }
      kernel.axpys(n, 0.5f, -2, 0.25f, 1, y, 0, n, got, 1);
      kernel.axpy(n, -3, y, 4 * n, got, 1);
      assertClose("axpys of " + n, got, sums);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void sixteenDotProductsInPieces(ProductKernel kernel) {
    int lanes = kernel.lanes();
    int n = 5 * lanes;
    float[] x = random(8 * n + 1, 9);
    float[] y = random(3 * n, 10);
    float[] sums = poisoned(16 * lanes + 2);
    Arrays.fill(sums, 1, 1 + 16 * lanes, 0);
    kernel.dotTile(3 * lanes, x, 1, y, 2, n, sums, 1);
    kernel.dotTile(2 * lanes, x, 1 + 24 * lanes, y, 2 + 3 * lanes, n + 3 * lanes, sums, 1);
    assertThat(sums[0]).isNaN();
    assertThat(sums[16 * lanes + 1]).isNaN();
    float[] out = new float[16];
    kernel.dotSums(sums, 1, out);
    float[] want = new float[16];
    for (int q = 0; q < 16; q++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        double v = x[1 + (8 * (i / lanes) + q % 8) * lanes + i % lanes];
        sum += v * y[(q < 8 ? 2 : n) + i];
      }
      want[q] = (float) sum;
    }
    assertClose("dot products", out, want);
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  private static float[] poisoned(int length) {
    float[] x = new float[length];
    Arrays.fill(x, Float.NaN);
    return x;
  }

  private static void assertClose(String what, float[] got, float[] want) {
    for (int i = 0; i < want.length; i++) {
      boolean same = Float.floatToRawIntBits(got[i]) == Float.floatToRawIntBits(want[i]);
      if (!same && !(Math.abs(got[i] - want[i]) <= TOLERANCE * Math.max(1, Math.abs(want[i])))) {
        throw new AssertionError(what + ": at " + i + " " + got[i] + ", not " + want[i]);
      }
    }
  }
}

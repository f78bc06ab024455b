package io.cortado.cpu.kernels;

import static io.cortado.cpu.kernels.KernelCase.GUARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.ScalarGemmKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GemmTest {

  private static final int[] SIZES = {1, 3, 5, 7, 13, 17, 31, 33, 127};

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void awkwardSizesInAllForms(boolean ta, boolean tb) {
    for (GemmKernel kernel : KernelCase.kernels()) {
      try (Workers workers = new Workers(2)) {
        Gemm gemm = new Gemm(kernel, workers, KernelCase::activateRow);
        for (int m : SIZES) {
          for (int n : SIZES) {
            for (int k : SIZES) {
              GemmSpec s = GemmSpec.of(m, n, k, ta, tb);
              check(gemm, s, 1, 0);
              check(gemm, s, 0.5f, 1);
            }
          }
        }
      }
    }
  }

  /**
   * Around the borders of tiles, chunks, panels and pieces of k, and of what is packed, turned or
   * taken where it lies; the arrays end with the matrices, for vectors must not read beyond them.
   */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void bordersOfEachPath(boolean ta, boolean tb) {
    int[][] shapes = {
      {4, 16, 9},
      {6, 32, 8},
      {7, 33, 9},
      {12, 31, 40},
      {13, 64, 65},
      {24, 48, 700},
      {25, 40, 700},
      {48, 12, 33},
      {47, 12, 33},
      {100, 8, 513},
      {64, 4, 1030},
      {9, 257, 511},
      {18, 256, 512},
      {31, 255, 513},
      {70, 290, 1025},
      {5, 2100, 20},
      {2100, 5, 20},
      {2060, 40, 9},
      // B where it lies, with 12 slivers of rows, and packed.
      {72, 130, 100},
      {73, 130, 100},
      {97, 130, 100},
      // Turned where B is stored transposed: whole tiles, some that lack rows, several pieces; the
      // last three by several workers as well.
      {32, 171, 190},
      {62, 131, 310},
      {128, 390, 330},
      {64, 390, 1030},
      {31, 330, 700},
      {16, 500, 610},
      // A few rows with a large B, read where it lies: dot products, and a stream.
      {8, 131, 1030},
      {5, 90, 613},
      {8, 64, 4096},
      {13, 1040, 600},
    };
    for (GemmKernel kernel : KernelCase.kernels()) {
      try (Workers workers = new Workers(2)) {
        Gemm gemm = new Gemm(kernel, workers, KernelCase::activateRow);
        for (int[] shape : shapes) {
          GemmSpec s = GemmSpec.of(shape[0], shape[1], shape[2], ta, tb);
          check(gemm, s, 1, 0);
          check(gemm, s, -0.5f, 0.75f);
          checkToTheEnd(gemm, s);
        }
      }
    }
  }

  private static void checkToTheEnd(Gemm gemm, GemmSpec s) {
    int sizeC = s.m() * s.n();
    float[] a = Arrays.copyOf(KernelCase.random(s.m() * s.k(), 1), GUARD + s.m() * s.k());
    float[] b = Arrays.copyOf(KernelCase.random(s.k() * s.n(), 2), GUARD + s.k() * s.n());
    for (float beta : new float[] {0, 1}) {
      float[] before =
          beta == 0 ? KernelCase.filled(sizeC, Float.NaN) : KernelCase.random(sizeC, 3);
      double[] want = naive(s, 1, a, b, beta, before);
      float[] c = Arrays.copyOf(before, GUARD + sizeC);
      gemm.run(s, 1, a, GUARD, b, GUARD, beta, c, GUARD);
      float[] got = before.clone();
      System.arraycopy(c, 0, got, 0, c.length);
      KernelCase.assertClose(s + " to the end", got, before, want, KernelCase.sumTolerance(s.k()));
    }
  }

  static List<GemmSpec> larger() {
    List<GemmSpec> specs = new ArrayList<>();
    for (int form = 0; form < 4; form++) {
      boolean ta = (form & 1) != 0;
      boolean tb = (form & 2) != 0;
      // Beyond one step of kc, several blocks, gaps between rows.
      specs.add(new GemmSpec(131, 290, 517, ta, tb, 540, 550, 301, 1, 0, 0, 0));
      // Batches: spread whole, one operand shared, and one by one.
      specs.add(GemmSpec.batched(5, 40, 50, 60, ta, tb));
      specs.add(new GemmSpec(33, 34, 300, ta, tb, 310, 320, 40, 3, 0, 96000, 1400));
      specs.add(new GemmSpec(2, 600, 300, ta, tb, 301, 601, 600, 2, 92000, 361000, 1300));
      specs.add(new GemmSpec(600, 2, 300, ta, tb, 601, 301, 5, 2, 361000, 92000, 3100));
      specs.add(GemmSpec.batched(2, 200, 180, 130, ta, tb));
      specs.add(GemmSpec.of(7, 9, 0, ta, tb));
      // Several pieces of k and chunks of columns; few columns, turned where A is transposed.
      specs.add(GemmSpec.of(90, 530, 1030, ta, tb));
      specs.add(GemmSpec.of(1500, 11, 700, ta, tb));
      specs.add(GemmSpec.of(40, 2500, 30, ta, tb));
      // Turned where B is stored transposed: by one worker alone, and whatever their number.
      specs.add(GemmSpec.of(128, 790, 260, ta, tb));
      specs.add(GemmSpec.batched(5, 16, 500, 500, ta, tb));
      specs.add(new GemmSpec(32, 510, 530, ta, tb, 540, 550, 511, 2, 290000, 300000, 20000));
      // A few rows with a large B.
      specs.add(new GemmSpec(8, 300, 1030, ta, tb, 1050, 1060, 301, 1, 0, 0, 0));
      specs.add(new GemmSpec(20, 1040, 620, ta, tb, 630, 1050, 1045, 1, 0, 0, 0));
      // Rows of A that collide in the caches.
      specs.add(new GemmSpec(150, 270, 300, ta, tb, 1024, 310, 271, 1, 0, 0, 0));
    }
    return specs;
  }

  @ParameterizedTest
  @MethodSource("larger")
  void anyNumberOfWorkersGivesTheSameBits(GemmSpec s) {
    for (float beta : new float[] {0, 1, -0.75f}) {
      float[] a =
          KernelCase.random(extent(s.batch(), s.strideA(), s.transA() ? s.k() : s.m(), s.lda()), 1);
      float[] b =
          KernelCase.random(extent(s.batch(), s.strideB(), s.transB() ? s.n() : s.k(), s.ldb()), 2);
      int lengthC = extent(s.batch(), s.strideC(), s.m(), s.ldc());
      float[] c = beta == 0 ? KernelCase.filled(lengthC, Float.NaN) : KernelCase.random(lengthC, 3);
      double[] want = naive(s, 1.5f, a, b, beta, c);
      for (float[] got :
          KernelCase.onAll(
              c,
              (setup, out) ->
                  new Gemm(setup.kernel(), setup.workers(), KernelCase::activateRow)
                      .run(s, 1.5f, a, GUARD, b, GUARD, beta, out, GUARD))) {
        assertProduct(s, got, c, want);
      }
    }
  }

  /** The last tiles are computed elsewhere where vectors would reach beyond C's array. */
  @ParameterizedTest
  @CsvSource({"8, 253, 52", "13, 3, 53", "37, 45, 700", "128, 401, 130"})
  void bitsDoNotDependOnWhereTheArrayEnds(int m, int n, int k) {
    for (int form = 0; form < 4; form++) {
      GemmSpec s = GemmSpec.of(m, n, k, (form & 1) != 0, (form & 2) != 0);
      float[] a = KernelCase.random(m * k, 1);
      float[] b = KernelCase.random(k * n, 2);
      float[] c = KernelCase.random(m * n, 3);
      float[] toTheEnd = Arrays.copyOf(c, GUARD + m * n);
      float[][] want = run(s, a, b, c);
      float[][] got = run(s, a, b, toTheEnd);
      for (int i = 0; i < got.length; i++) {
        assertThat(got[i]).as(s.toString()).isEqualTo(Arrays.copyOf(want[i], GUARD + m * n));
      }
    }
  }

  private static float[][] run(GemmSpec s, float[] a, float[] b, float[] c) {
    return KernelCase.onAll(
        c,
        (setup, out) ->
            new Gemm(setup.kernel(), setup.workers(), KernelCase::activateRow)
                .run(s, 1, a, GUARD, b, GUARD, 0.9f, out, GUARD));
  }

  @ParameterizedTest
  @CsvSource({
    "128, 400, 120, true",
    "128, 84, 10, false",
    "3, 50, 7, true",
    "300, 784, 260, true",
    "64, 100, 300, true"
  })
  void linearAddsBiasAndActivates(int rows, int in, int out, boolean withBias) {
    LinearSpec s = new LinearSpec(rows, in, out, UnaryOp.TANH);
    float[] x = KernelCase.random(rows * in, 1);
    float[] w = KernelCase.random(out * in, 2);
    float[] bias = withBias ? KernelCase.random(out, 3) : null;
    double[] want =
        naive(GemmSpec.of(rows, out, in, false, true), 1, x, w, 0, new float[2 * GUARD]);
    for (int i = 0; i < want.length; i++) {
      want[i] = Math.tanh(want[i] + (withBias ? bias[GUARD + i % out] : 0));
    }
    float[] y = KernelCase.filled(rows * out, Float.NaN);
    for (float[] got :
        KernelCase.onAll(
            y,
            (setup, dst) ->
                new Linear(new Gemm(setup.kernel(), setup.workers(), KernelCase::activateRow))
                    .run(s, x, GUARD, w, GUARD, bias, GUARD, dst, GUARD))) {
      KernelCase.assertClose(s.toString(), got, y, want, KernelCase.sumTolerance(in));
    }
  }

  @Test
  void operandBeyondItsArrayIsRefused() {
    try (Workers workers = new Workers(1)) {
      Gemm gemm = new Gemm(new ScalarGemmKernel(), workers, KernelCase::activateRow);
      GemmSpec s = GemmSpec.of(4, 5, 6, false, false);
      assertThatThrownBy(
              () -> gemm.run(s, 1, new float[24], 1, new float[30], 0, 0, new float[20], 0))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("gemm: A needs 24 elements from offset 1");
    }
  }

  private static void check(Gemm gemm, GemmSpec s, float alpha, float beta) {
    float[] a = KernelCase.random(s.m() * s.k(), 1);
    float[] b = KernelCase.random(s.k() * s.n(), 2);
    int n = s.m() * s.n();
    float[] c = beta == 0 ? KernelCase.filled(n, Float.NaN) : KernelCase.random(n, 3);
    double[] want = naive(s, alpha, a, b, beta, c);
    float[] got = c.clone();
    gemm.run(s, alpha, a, GUARD, b, GUARD, beta, got, GUARD);
    KernelCase.assertClose(s.toString(), got, c, want, KernelCase.sumTolerance(s.k()));
  }

  private static void assertProduct(GemmSpec s, float[] got, float[] before, double[] want) {
    double tolerance = KernelCase.sumTolerance(s.k());
    boolean[] written = new boolean[before.length];
    int at = 0;
    for (int e = 0; e < s.batch(); e++) {
      for (int i = 0; i < s.m(); i++) {
        for (int j = 0; j < s.n(); j++) {
          int index = GUARD + (int) (e * s.strideC()) + i * s.ldc() + j;
          written[index] = true;
          double w = want[at++];
          if (!(Math.abs(got[index] - w) <= tolerance * Math.max(1, Math.abs(w)))) {
            throw new AssertionError(
                s + ": [" + e + ", " + i + ", " + j + "] " + got[index] + ", not " + w);
          }
        }
      }
    }
    for (int i = 0; i < before.length; i++) {
      if (!written[i] && Float.floatToRawIntBits(got[i]) != Float.floatToRawIntBits(before[i])) {
        throw new AssertionError(s + ": wrote outside C at " + i);
      }
    }
  }

  private static double[] naive(
      GemmSpec s, float alpha, float[] a, float[] b, float beta, float[] c) {
    double[] want = new double[s.batch() * s.m() * s.n()];
    int at = 0;
    for (int e = 0; e < s.batch(); e++) {
      int ao = GUARD + (int) (e * s.strideA());
      int bo = GUARD + (int) (e * s.strideB());
      int co = GUARD + (int) (e * s.strideC());
      for (int i = 0; i < s.m(); i++) {
        for (int j = 0; j < s.n(); j++) {
          double sum = 0;
          for (int p = 0; p < s.k(); p++) {
            double x = a[ao + (s.transA() ? p * s.lda() + i : i * s.lda() + p)];
            sum += x * b[bo + (s.transB() ? j * s.ldb() + p : p * s.ldb() + j)];
          }
          want[at++] = alpha * sum + (beta == 0 ? 0 : beta * c[co + i * s.ldc() + j]);
        }
      }
    }
    return want;
  }

  private static int extent(int batch, long stride, int rows, int ld) {
    return (int) ((batch - 1) * stride) + rows * ld;
  }
}

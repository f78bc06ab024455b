package io.cortado.cpu.kernels;

import static io.cortado.cpu.kernels.KernelCase.GUARD;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.PoolSpec.Mode;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.PoolKernel;
import io.cortado.cpu.simd.ScalarPoolKernel;
import io.cortado.cpu.simd.VectorPoolKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTest {

  static List<PoolSpec> specs() {
    List<PoolSpec> list = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      list.add(new PoolSpec(mode, 7, 16, 28, 28, 14, 14, 2, 2, 2, 2, 0, 0, 1, 1, false));
      // Pairs that leave a row and a column over, or one of them; planes smaller than a vector, and
      // rows longer than two.
      list.add(new PoolSpec(mode, 5, 16, 10, 10, 5, 5, 2, 2, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 3, 7, 3, 2, 1, 1, 2, 2, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 2, 3, 6, 127, 3, 63, 2, 2, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 1, 1, 33, 34, 16, 17, 2, 2, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 2, 3, 5, 7, 2, 3, 2, 2, 2, 2, 0, 0, 1, 1, false));
      // Ceil mode: the last windows reach beyond the image, and beyond its padding.
      list.add(new PoolSpec(mode, 2, 3, 5, 7, 3, 4, 2, 2, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 1, 2, 6, 6, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, false));
      // Overlapping, different down and across.
      list.add(new PoolSpec(mode, 2, 3, 13, 17, 7, 6, 3, 4, 2, 3, 1, 2, 1, 1, false));
      // Rows of a vector and more, of less than one that no room follows, and of too few.
      list.add(new PoolSpec(mode, 2, 3, 56, 55, 27, 27, 3, 3, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 3, 5, 13, 13, 6, 6, 3, 3, 2, 2, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 1, 2, 12, 41, 6, 21, 3, 3, 2, 2, 1, 1, 1, 1, false));
      list.add(new PoolSpec(mode, 2, 2, 9, 40, 9, 40, 3, 3, 1, 1, 1, 1, 1, 1, false));
      list.add(new PoolSpec(mode, 2, 2, 9, 76, 4, 18, 2, 5, 2, 4, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 1, 2, 6, 70, 4, 24, 3, 3, 2, 3, 1, 1, 1, 1, false));
      // The whole image; adaptive.
      list.add(new PoolSpec(mode, 3, 5, 7, 7, 1, 1, 7, 7, 7, 7, 0, 0, 1, 1, false));
      list.add(new PoolSpec(mode, 2, 3, 13, 17, 5, 7, 0, 0, 0, 0, 0, 0, 1, 1, true));
      list.add(new PoolSpec(mode, 2, 3, 3, 5, 7, 5, 0, 0, 0, 0, 0, 0, 1, 1, true));
    }
    list.add(new PoolSpec(Mode.MAX, 2, 3, 13, 17, 11, 7, 3, 3, 1, 2, 1, 1, 2, 2, false));
    list.add(new PoolSpec(Mode.MAX, 2, 3, 13, 60, 11, 29, 3, 3, 1, 2, 1, 1, 2, 2, false));
    return list;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void forwardAndBackward(PoolSpec s) {
    int in = (int) s.inputShape().size();
    int out = (int) s.outputShape().size();
    float[] x = KernelCase.random(in, 1);
    // Few different values: windows with several largest elements.
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(x[i] * 4) / 4f;
    }
    float[] dy = KernelCase.random(out, 2);
    double[] y = new double[out];
    double[] dx = new double[in];
    naive(s, x, dy, y, dx);
    double tolerance = KernelCase.sumTolerance(s.h() * s.w());
    for (Setup setup : setups()) {
      try (Workers workers = new Workers(setup.threads())) {
        Pool pool = new Pool(setup.kernel(), workers);
        int[] reserve = new int[(int) pool.reserveSize(s)];
        Arrays.fill(reserve, Integer.MIN_VALUE);
        float[] before = KernelCase.filled(out, Float.NaN);
        float[] got = before.clone();
        pool.forward(s, x, GUARD, got, GUARD, reserve, 0);
        KernelCase.assertClose("y of " + s, got, before, y, tolerance);
        Arrays.fill(got, Float.NaN);
        pool.forward(s, x, GUARD, got, GUARD, null, 0);
        KernelCase.assertClose("y without reserve of " + s, got, before, y, tolerance);

        assertIndices(s, setup, x, reserve);
        for (float beta : new float[] {0, 1}) {
          float[] old = beta == 0 ? KernelCase.filled(in, Float.NaN) : KernelCase.random(in, 3);
          float[] gradient = old.clone();
          double[] want = dx.clone();
          for (int i = 0; beta != 0 && i < in; i++) {
            want[i] += old[GUARD + i];
          }
          pool.backward(s, reserve, 0, dy, GUARD, beta, gradient, GUARD);
          KernelCase.assertClose("dx of " + s, gradient, old, want, tolerance);
        }
      }
    }
  }

  @Test
  void nanIsTheLargestAndTheFirstOneWins() {
    for (int stride : new int[] {2, 1}) {
      // With stride 2 the loop for pairs runs, with stride 1 the general one.
      PoolSpec s =
          new PoolSpec(Mode.MAX, 1, 1, 2, 2, 1, 1, 2, 2, stride, stride, 0, 0, 1, 1, false);
      for (int bits = 1; bits < 16; bits++) {
        float[] x = {1, 5, 3, 4};
        for (int i = 0; i < 4; i++) {
          x[i] = (bits >> i & 1) != 0 ? Float.NaN : x[i];
        }
        float[] y = new float[1];
        int[] reserve = new int[1];
        try (Workers workers = new Workers(1)) {
          new Pool(new ScalarPoolKernel(), workers).forward(s, x, 0, y, 0, reserve, 0);
        }
        assertThat(y[0]).isNaN();
        assertThat(reserve[0]).isEqualTo(Integer.numberOfTrailingZeros(bits));
      }
    }
  }

  /** Vectors choose as the scalar loop does: of 5^4 windows of ties, zeros, infinities and NaN. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void vectorsChooseAsTheScalarLoop(int strideH) {
    // With a stride of 2 down the loop for pairs runs, with 1 that for rows of any windows.
    float[] values = {0f, -0f, 1f, Float.NEGATIVE_INFINITY, Float.NaN};
    int windows = 625;
    PoolSpec s =
        new PoolSpec(
            Mode.MAX, 1, 1, 2, 2 * windows, 1, windows, 2, 2, strideH, 2, 0, 0, 1, 1, false);
    float[] x = new float[4 * windows];
    for (int i = 0; i < windows; i++) {
      x[2 * i] = values[i % 5];
      x[2 * i + 1] = values[i / 5 % 5];
      x[2 * windows + 2 * i] = values[i / 25 % 5];
      x[2 * windows + 2 * i + 1] = values[i / 125];
    }
    List<float[]> results = new ArrayList<>();
    List<int[]> indices = new ArrayList<>();
    for (PoolKernel kernel : kernels()) {
      float[] y = new float[windows];
      float[] without = new float[windows];
      int[] reserve = new int[windows];
      try (Workers workers = new Workers(1)) {
        Pool pool = new Pool(kernel, workers);
        pool.forward(s, x, 0, y, 0, reserve, 0);
        pool.forward(s, x, 0, without, 0, null, 0);
      }
      assertThat(without).isEqualTo(y);
      results.add(y);
      indices.add(reserve);
    }
    assertThat(results.get(0)).isEqualTo(results.get(1));
    assertThat(indices.get(0)).isEqualTo(indices.get(1));
  }

  /** Each index is where a largest element is, the first of equals, and nothing else is written. */
  private static void assertIndices(PoolSpec s, Setup setup, float[] x, int[] reserve) {
    if (s.mode() != Mode.MAX) {
      return;
    }
    int[] guarded = new int[reserve.length + 2 * GUARD];
    Arrays.fill(guarded, Integer.MIN_VALUE);
    float[] y = KernelCase.filled(reserve.length, Float.NaN);
    try (Workers workers = new Workers(setup.threads())) {
      new Pool(setup.kernel(), workers).forward(s, x, GUARD, y, GUARD, guarded, GUARD);
    }
    for (int i = 0; i < GUARD; i++) {
      assertThat(guarded[i]).isEqualTo(Integer.MIN_VALUE);
      assertThat(guarded[GUARD + reserve.length + i]).isEqualTo(Integer.MIN_VALUE);
    }
    assertThat(Arrays.copyOfRange(guarded, GUARD, GUARD + reserve.length)).isEqualTo(reserve);
  }

  private record Setup(PoolKernel kernel, int threads) {}

  private static PoolKernel[] kernels() {
    return new PoolKernel[] {new VectorPoolKernel(), new ScalarPoolKernel()};
  }

  private static List<Setup> setups() {
    List<Setup> all = new ArrayList<>();
    for (PoolKernel kernel : kernels()) {
      for (int threads = 1; threads <= 3; threads++) {
        all.add(new Setup(kernel, threads));
      }
    }
    return all;
  }

  private static void naive(PoolSpec s, float[] x, float[] dy, double[] y, double[] dx) {
    int dh = s.adaptive() ? 1 : s.dilationH();
    int dw = s.adaptive() ? 1 : s.dilationW();
    for (int p = 0; p < s.n() * s.c(); p++) {
      for (int i = 0; i < s.outH(); i++) {
        for (int j = 0; j < s.outW(); j++) {
          int out = (p * s.outH() + i) * s.outW() + j;
          double best = Double.NEGATIVE_INFINITY;
          int winner = -1;
          double sum = 0;
          for (int r = s.rowStart(i); r < s.rowEnd(i); r += dh) {
            for (int c = s.colStart(j); c < s.colEnd(j); c += dw) {
              if (r >= 0 && r < s.h() && c >= 0 && c < s.w()) {
                int at = (p * s.h() + r) * s.w() + c;
                double v = x[GUARD + at];
                sum += v;
                if (v > best) {
                  best = v;
                  winner = at;
                }
                if (s.mode() != Mode.MAX) {
                  dx[at] += (double) dy[GUARD + out] / s.divisor(i, j);
                }
              }
            }
          }
          y[out] = s.mode() == Mode.MAX ? best : sum / s.divisor(i, j);
          if (s.mode() == Mode.MAX) {
            dx[winner] += dy[GUARD + out];
          }
        }
      }
    }
  }
}

package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.VectorGemmKernel;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The errors of direct sums, F(2x2) and F(4x4) against double precision: prints the table of
 * docs/performance/winograd.md, and holds its bounds.
 *
 * <p>Errors are relative to the root mean square of the exact results, for operands uniform in [-1,
 * 1), as channels of input and output grow together.
 */
class WinogradErrorTest {

  /** The largest error and the root mean square error of F(2x2) and of F(4x4). */
  private static final Error MOST_2 = new Error(3e-6, 5e-7);

  private static final Error MOST_4 = new Error(1.2e-5, 1.5e-6);

  private static final String[] WHAT = {"forward", "data's gradient", "weights' gradient"};

  private record Error(double max, double rms) {

    static Error of(float[] got, double[] want) {
      double max = 0;
      double squares = 0;
      double size = 0;
      for (int i = 0; i < want.length; i++) {
        double e = Math.abs(got[i] - want[i]);
        max = Math.max(max, e);
        squares += e * e;
        size += want[i] * want[i];
      }
      double unit = Math.sqrt(size / want.length);
      return new Error(max / unit, Math.sqrt(squares / want.length) / unit);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.1e | %.1e", max, rms);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64, 128, 256, 512})
  void isBounded(int channels) {
    ConvSpec s =
        new ConvSpec(
            2, channels, 8, 8, Math.min(channels, 64), 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    float[] y = KernelCase.random((int) s.outputShape().size(), 3);
    // The data's gradient sums over k: exchange the channels, so that it too sums over many.
    ConvSpec back =
        new ConvSpec(2, s.k(), 8, 8, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);
    // The weights' gradient sums over pixels: as many images as there are channels by 16.
    ConvSpec sums =
        new ConvSpec(channels / 16, 16, 12, 12, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);
    float[] xs = KernelCase.random((int) sums.inputShape().size(), 4);
    float[] dys = KernelCase.random((int) sums.outputShape().size(), 5);
    double[][] want = {
      new double[(int) s.outputShape().size()],
      new double[(int) back.inputShape().size()],
      new double[(int) sums.weightShape().size()]
    };
    ConvTest.visit(s, (xi, wi, yi) -> want[0][yi] += (double) x[xi] * w[wi]);
    ConvTest.visit(back, (xi, wi, yi) -> want[1][xi] += (double) x[yi] * w[wi]);
    ConvTest.visit(sums, (xi, wi, yi) -> want[2][wi] += (double) xs[xi] * dys[yi]);
    GemmKernel kernel = new VectorGemmKernel();
    try (Workers workers = new Workers(1)) {
      WinogradEngine engine =
          new WinogradEngine(kernel.winograd(), workers, KernelCase::activateRow);
      WinogradFilter filter = new WinogradFilter(kernel.winograd(), workers);
      WinogradChoice off = WinogradChoice.of(kernel.winograd(), "off");
      Conv conv = KernelCase.conv(kernel, workers, off);
      for (int what = 0; what < WHAT.length; what++) {
        Error[] errors = new Error[3];
        for (int way = 0; way < 3; way++) {
          float[] out = new float[want[what].length];
          int m = 2 * way;
          switch (what) {
            case 0 -> {
              if (m == 0) {
                conv.forward(s, x, 0, w, 0, null, 0, out, 0);
              } else {
                WinogradPlan p = WinogradPlan.forward(s, m, 48, 1);
                engine.run(p, x, 0, w, 0, null, 0, UnaryOp.IDENTITY, 0, out, 0);
              }
            }
            case 1 -> {
              if (m == 0) {
                conv.backwardData(back, x, 0, w, 0, 0, out, 0);
              } else {
                WinogradPlan p = WinogradPlan.backwardData(back, m, 48, 1);
                engine.run(p, x, 0, w, 0, null, 0, UnaryOp.IDENTITY, 0, out, 0);
              }
            }
            default -> {
              if (m == 0) {
                conv.backwardFilter(sums, xs, 0, dys, 0, 0, out, 0);
              } else {
                filter.run(WinogradPlan.forward(sums, m, 96, 1), xs, 0, dys, 0, 0, out, 0);
              }
            }
          }
          errors[way] = Error.of(out, want[what]);
        }
        int terms = what == 2 ? sums.n() * 144 : channels * 9;
        IO.println(
            "| %s | %d | %d | %s | %s | %s |"
                .formatted(
                    WHAT[what], what == 2 ? 16 : channels, terms, errors[0], errors[1], errors[2]));
        check(errors);
      }
    }
  }

  private static void check(Error[] errors) {
    assertThat(errors[1].max()).isLessThan(MOST_2.max());
    assertThat(errors[1].rms()).isLessThan(MOST_2.rms());
    assertThat(errors[2].max()).isLessThan(MOST_4.max());
    assertThat(errors[2].rms()).isLessThan(MOST_4.rms());
    // A table of errors that are all alike would have compared a way with itself.
    assertThat(errors[1].rms()).isLessThan(errors[2].rms());
  }
}

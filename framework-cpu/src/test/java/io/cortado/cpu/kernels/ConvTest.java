package io.cortado.cpu.kernels;

import static io.cortado.cpu.kernels.KernelCase.GUARD;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.simd.LaneKernel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The direct convolutions; {@link WinogradTest} has the others. */
class ConvTest {

  static List<ConvSpec> specs() {
    List<ConvSpec> list = new ArrayList<>();
    UnaryOp tanh = UnaryOp.TANH;
    UnaryOp none = UnaryOp.IDENTITY;
    // LeNet's.
    list.add(new ConvSpec(3, 1, 28, 28, 6, 5, 5, 1, 1, 2, 2, 1, 1, 1, tanh));
    list.add(new ConvSpec(3, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 1, 1, 1, tanh));
    // Everything different down and across.
    list.add(new ConvSpec(2, 3, 13, 17, 7, 3, 4, 2, 3, 1, 2, 2, 1, 1, none));
    list.add(new ConvSpec(2, 4, 17, 13, 6, 2, 5, 3, 1, 2, 0, 1, 2, 2, none));
    // Strides beyond the kernel: some inputs reach no output.
    list.add(new ConvSpec(3, 5, 9, 10, 7, 1, 1, 2, 3, 0, 0, 1, 1, 1, none));
    // Outputs that see nothing but padding.
    list.add(new ConvSpec(1, 2, 3, 3, 3, 2, 2, 1, 1, 4, 3, 1, 1, 1, none));
    list.add(new ConvSpec(1, 2, 2, 1, 3, 2, 1, 3, 5, 2, 4, 3, 1, 1, none));
    // 1x1, many small images in a block; one column; one dimension.
    list.add(new ConvSpec(33, 31, 4, 4, 17, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.RELU));
    list.add(new ConvSpec(13, 33, 3, 3, 31, 3, 3, 1, 1, 1, 1, 1, 1, 1, none));
    list.add(new ConvSpec(5, 7, 5, 5, 13, 5, 5, 1, 1, 0, 0, 1, 1, 1, none));
    list.add(new ConvSpec(2, 3, 1, 127, 5, 1, 7, 1, 2, 0, 3, 1, 2, 1, none));
    // Batches that fill the lanes of vectors of 512 bits, or all but a few, several times over.
    list.add(new ConvSpec(16, 1, 28, 28, 6, 5, 5, 1, 1, 2, 2, 1, 1, 1, UnaryOp.RELU));
    list.add(new ConvSpec(31, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 1, 1, 1, UnaryOp.RELU));
    list.add(new ConvSpec(13, 3, 13, 17, 7, 3, 4, 2, 3, 1, 2, 2, 1, 1, tanh));
    list.add(new ConvSpec(45, 4, 17, 13, 6, 2, 5, 3, 1, 2, 0, 1, 2, 2, none));
    list.add(new ConvSpec(16, 5, 9, 10, 7, 1, 1, 2, 3, 0, 0, 1, 1, 1, none));
    list.add(new ConvSpec(16, 2, 3, 3, 3, 2, 2, 1, 1, 4, 3, 1, 1, 1, none));
    list.add(new ConvSpec(17, 2, 2, 1, 3, 2, 1, 3, 5, 2, 4, 3, 1, 1, none));
    list.add(new ConvSpec(14, 9, 33, 35, 10, 3, 3, 1, 1, 1, 1, 2, 3, 1, none));
    list.add(new ConvSpec(15, 6, 9, 9, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6, none));
    list.add(new ConvSpec(16, 2, 70, 70, 31, 3, 3, 1, 1, 1, 1, 1, 1, 1, none));
    // Depthwise.
    list.add(new ConvSpec(2, 7, 9, 9, 7, 3, 3, 1, 1, 1, 1, 1, 1, 7, none));
    list.add(new ConvSpec(2, 3, 9, 9, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3, none));
    // A sum beyond kc, all forms of blocks: bands of a large image, several blocks of columns.
    list.add(new ConvSpec(2, 40, 12, 12, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, none));
    list.add(new ConvSpec(1, 24, 70, 70, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, none));
    list.add(new ConvSpec(1, 3, 65, 67, 8, 11, 11, 4, 4, 2, 2, 1, 1, 1, none));
    return list;
  }

  @Test
  void imagesWithoutChannelsAreCutToo() {
    assertThat(ConvPlan.Cut.of(1, 1, 7, 9, 2, 0)).isEqualTo(ConvPlan.Cut.of(1, 1, 7, 9, 2, 1));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void forward(ConvSpec s) {
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    float[] bias = KernelCase.random(s.k(), 3);
    for (boolean withBias : new boolean[] {true, false}) {
      double[] want = new double[(int) s.outputShape().size()];
      visit(s, (xi, wi, yi) -> want[yi] += (double) x[GUARD + xi] * w[GUARD + wi]);
      int plane = s.outH() * s.outW();
      for (int i = 0; i < want.length; i++) {
        double sum = want[i] + (withBias ? bias[GUARD + i / plane % s.k()] : 0);
        want[i] = KernelCase.activate(s.activation(), sum);
      }
      float[] y = KernelCase.filled(want.length, Float.NaN);
      for (float[] got :
          KernelCase.onAll(
              y,
              (setup, out) ->
                  conv(setup)
                      .forward(s, x, GUARD, w, GUARD, withBias ? bias : null, GUARD, out, GUARD))) {
        int length = s.c() / s.groups() * s.kernelH() * s.kernelW();
        KernelCase.assertClose(s.toString(), got, y, want, KernelCase.sumTolerance(length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void backwardData(ConvSpec s) {
    float[] dy = KernelCase.random((int) s.outputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    for (float beta : new float[] {0, 1}) {
      int n = (int) s.inputShape().size();
      float[] dx = beta == 0 ? KernelCase.filled(n, Float.NaN) : KernelCase.random(n, 3);
      double[] want = start(n, beta, dx);
      visit(s, (xi, wi, yi) -> want[xi] += (double) dy[GUARD + yi] * w[GUARD + wi]);
      for (float[] got :
          KernelCase.onAll(
              dx,
              (setup, out) -> conv(setup).backwardData(s, dy, GUARD, w, GUARD, beta, out, GUARD))) {
        int length = s.k() / s.groups() * s.kernelH() * s.kernelW();
        KernelCase.assertClose(s.toString(), got, dx, want, KernelCase.sumTolerance(length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void backwardFilter(ConvSpec s) {
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] dy = KernelCase.random((int) s.outputShape().size(), 2);
    for (float beta : new float[] {0, 1}) {
      int n = (int) s.weightShape().size();
      float[] dw = beta == 0 ? KernelCase.filled(n, Float.NaN) : KernelCase.random(n, 3);
      double[] want = start(n, beta, dw);
      visit(s, (xi, wi, yi) -> want[wi] += (double) dy[GUARD + yi] * x[GUARD + xi]);
      for (float[] got :
          KernelCase.onAll(
              dw,
              (setup, out) ->
                  conv(setup).backwardFilter(s, x, GUARD, dy, GUARD, beta, out, GUARD))) {
        int length = s.n() * s.outH() * s.outW();
        KernelCase.assertClose(s.toString(), got, dw, want, KernelCase.sumTolerance(length));
      }
    }
  }

  private static final ConvSpec DIRT =
      new ConvSpec(3, 24, 30, 30, 9, 3, 3, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  /**
   * Makes convolutions whose scratch memory is full of NaN: what a call reads there, it must have
   * written.
   */
  private static Conv conv(KernelCase.Setup setup) {
    LaneKernel lanes = setup.lanes();
    WinogradChoice off = WinogradChoice.of(setup.kernel().winograd(), "off");
    Conv conv =
        lanes == null
            ? KernelCase.conv(setup.kernel(), setup.workers(), off)
            : new Conv(
                setup.kernel(),
                lanes,
                setup.workers(),
                KernelCase::activateRow,
                new LaneChoice(true, lanes.lanes()),
                off);
    float[] x = KernelCase.filled((int) DIRT.inputShape().size(), Float.NaN);
    float[] w = KernelCase.filled((int) DIRT.weightShape().size(), Float.NaN);
    float[] y = KernelCase.filled((int) DIRT.outputShape().size(), Float.NaN);
    conv.forward(DIRT, x, 0, w, 0, null, 0, y, 0);
    conv.backwardFilter(DIRT, x, 0, y, 0, 0, w, 0);
    return conv;
  }

  static double[] start(int n, float beta, float[] before) {
    double[] want = new double[n];
    for (int i = 0; beta != 0 && i < n; i++) {
      want[i] = beta * before[GUARD + i];
    }
    return want;
  }

  interface Product {
    void at(int xIndex, int wIndex, int yIndex);
  }

  /** Calls back for each product that the convolution's definition names. */
  static void visit(ConvSpec s, Product product) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    for (int n = 0; n < s.n(); n++) {
      for (int k = 0; k < s.k(); k++) {
        for (int i = 0; i < s.outH(); i++) {
          for (int j = 0; j < s.outW(); j++) {
            int y = ((n * s.k() + k) * s.outH() + i) * s.outW() + j;
            for (int c = 0; c < cg; c++) {
              for (int r = 0; r < s.kernelH(); r++) {
                for (int q = 0; q < s.kernelW(); q++) {
                  int row = i * s.strideH() - s.padH() + r * s.dilationH();
                  int col = j * s.strideW() - s.padW() + q * s.dilationW();
                  if (row >= 0 && row < s.h() && col >= 0 && col < s.w()) {
                    int channel = k / kg * cg + c;
                    int x = ((n * s.c() + channel) * s.h() + row) * s.w() + col;
                    int w = ((k * cg + c) * s.kernelH() + r) * s.kernelW() + q;
                    product.at(x, w, y);
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

package io.cortado.cpu.kernels;

import static io.cortado.cpu.kernels.KernelCase.GUARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.VectorGemmKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Winograd's convolutions against the definition, whether or not they would be chosen. */
class WinogradTest {

  /**
   * How many times a direct sum's tolerance: WinogradErrorTest measures the errors, of which F(4x4)
   * has up to six times as large ones, and none near this tolerance.
   */
  private static final double TIMES_DIRECT = 4;

  /** Small blocks, of which each case has several with a smaller last one, and the usual. */
  private static final int[] BLOCK_TILES = {5, WinogradChoice.CHUNK_TILES};

  record Case(ConvSpec spec, int m, int blockTiles) {}

  static List<Case> cases() {
    List<ConvSpec> specs = new ArrayList<>();
    UnaryOp none = UnaryOp.IDENTITY;
    // Whole tiles; partial ones down and across; one pixel; images smaller than a tile.
    specs.add(conv(3, 32, 8, 8, 32, 1, 1, UnaryOp.RELU));
    specs.add(conv(2, 17, 13, 13, 33, 1, 1, none));
    specs.add(conv(3, 7, 5, 9, 13, 1, 1, UnaryOp.TANH));
    specs.add(conv(5, 3, 7, 6, 5, 0, 0, none));
    specs.add(conv(2, 5, 3, 3, 4, 0, 0, none));
    specs.add(conv(2, 3, 1, 1, 5, 1, 1, none));
    specs.add(conv(1, 2, 2, 1, 3, 1, 2, none));
    // Padding of 2, and another across; lines; a large image, whose strip exceeds a block.
    specs.add(conv(2, 4, 6, 11, 6, 2, 2, UnaryOp.RELU));
    specs.add(conv(2, 4, 10, 7, 6, 0, 2, none));
    specs.add(conv(2, 3, 1, 31, 5, 1, 0, none));
    specs.add(conv(1, 5, 37, 41, 9, 1, 1, none));
    // Sums beyond one step of depth, and more products than fit the cache.
    specs.add(conv(1, 261, 6, 6, 70, 1, 1, none));
    List<Case> cases = new ArrayList<>();
    for (ConvSpec s : specs) {
      for (int m : new int[] {2, 4}) {
        for (int tiles : BLOCK_TILES) {
          cases.add(new Case(s, m, tiles));
        }
      }
    }
    return cases;
  }

  private static ConvSpec conv(
      int n, int c, int h, int w, int k, int padH, int padW, UnaryOp activation) {
    return new ConvSpec(n, c, h, w, k, 3, 3, 1, 1, padH, padW, 1, 1, 1, activation);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forward(Case test) {
    ConvSpec s = test.spec();
    WinogradPlan plan = WinogradPlan.forward(s, test.m(), test.blockTiles(), 1);
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    float[] bias = KernelCase.random(s.k(), 3);
    int plane = s.outH() * s.outW();
    for (boolean withBias : new boolean[] {true, false}) {
      double[] want = new double[(int) s.outputShape().size()];
      ConvTest.visit(s, (xi, wi, yi) -> want[yi] += (double) x[GUARD + xi] * w[GUARD + wi]);
      for (int i = 0; i < want.length; i++) {
        double sum = want[i] + (withBias ? bias[GUARD + i / plane % s.k()] : 0);
        want[i] = KernelCase.activate(s.activation(), sum);
      }
      float[] y = KernelCase.filled(want.length, Float.NaN);
      float[] b = withBias ? bias : null;
      for (float[] got :
          KernelCase.onAll(
              y,
              (setup, out) ->
                  engine(setup)
                      .run(plan, x, GUARD, w, GUARD, b, GUARD, s.activation(), 0, out, GUARD))) {
        KernelCase.assertClose(test.toString(), got, y, want, tolerance(s.c() * 9));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardData(Case test) {
    ConvSpec s = test.spec();
    WinogradPlan plan = WinogradPlan.backwardData(s, test.m(), test.blockTiles(), 1);
    float[] dy = KernelCase.random((int) s.outputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    int n = (int) s.inputShape().size();
    for (float beta : new float[] {0, 1}) {
      float[] dx = beta == 0 ? KernelCase.filled(n, Float.NaN) : KernelCase.random(n, 3);
      double[] want = ConvTest.start(n, beta, dx);
      ConvTest.visit(s, (xi, wi, yi) -> want[xi] += (double) dy[GUARD + yi] * w[GUARD + wi]);
      for (float[] got :
          KernelCase.onAll(
              dx,
              (setup, out) ->
                  engine(setup)
                      .run(
                          plan,
                          dy,
                          GUARD,
                          w,
                          GUARD,
                          null,
                          0,
                          UnaryOp.IDENTITY,
                          beta,
                          out,
                          GUARD))) {
        KernelCase.assertClose(test.toString(), got, dx, want, tolerance(s.k() * 9));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardFilter(Case test) {
    ConvSpec s = test.spec();
    WinogradPlan plan = WinogradPlan.forward(s, test.m(), test.blockTiles(), 1);
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] dy = KernelCase.random((int) s.outputShape().size(), 2);
    int n = (int) s.weightShape().size();
    for (float beta : new float[] {0, 1}) {
      float[] dw = beta == 0 ? KernelCase.filled(n, Float.NaN) : KernelCase.random(n, 3);
      double[] want = ConvTest.start(n, beta, dw);
      ConvTest.visit(s, (xi, wi, yi) -> want[wi] += (double) dy[GUARD + yi] * x[GUARD + xi]);
      for (float[] got :
          KernelCase.onAll(
              dw, (setup, out) -> filter(setup).run(plan, x, GUARD, dy, GUARD, beta, out, GUARD))) {
        int terms = s.n() * s.outH() * s.outW();
        KernelCase.assertClose(test.toString(), got, dw, want, tolerance(terms));
      }
    }
  }

  private static double tolerance(int terms) {
    return TIMES_DIRECT * KernelCase.sumTolerance(terms);
  }

  private static final ConvSpec DIRT = conv(3, 290, 12, 12, 90, 1, 1, UnaryOp.IDENTITY);

  /** Makes an engine whose scratch memory is full of NaN. */
  private static WinogradEngine engine(KernelCase.Setup setup) {
    WinogradEngine engine =
        new WinogradEngine(setup.kernel().winograd(), setup.workers(), KernelCase::activateRow);
    float[] x = KernelCase.filled((int) DIRT.inputShape().size(), Float.NaN);
    float[] w = KernelCase.filled((int) DIRT.weightShape().size(), Float.NaN);
    float[] y = new float[(int) DIRT.outputShape().size()];
    WinogradPlan plan = WinogradPlan.forward(DIRT, 4, 9, 1);
    engine.run(plan, x, 0, w, 0, x, 0, UnaryOp.IDENTITY, 0, y, 0);
    return engine;
  }

  private static WinogradFilter filter(KernelCase.Setup setup) {
    WinogradFilter filter = new WinogradFilter(setup.kernel().winograd(), setup.workers());
    float[] x = KernelCase.filled((int) DIRT.inputShape().size(), Float.NaN);
    float[] y = KernelCase.filled((int) DIRT.outputShape().size(), Float.NaN);
    float[] w = new float[(int) DIRT.weightShape().size()];
    filter.run(WinogradPlan.forward(DIRT, 4, 9, 1), x, 0, y, 0, 0, w, 0);
    return filter;
  }

  /** What the plan says for a layer that Winograd is for, and for each reason against it. */
  @Test
  void saysWhy() {
    WinogradChoice choice = WinogradChoice.of(new VectorGemmKernel().winograd());
    ConvSpec layer = conv(64, 192, 8, 8, 384, 1, 1, UnaryOp.IDENTITY);
    for (WinogradChoice.Decision d :
        List.of(choice.forward(layer), choice.backwardData(layer), choice.backwardFilter(layer))) {
      assertThat(d.m()).isEqualTo(4);
      assertThat(d.reason())
          .startsWith("Winograd: F(4x4,3x3)")
          .contains("the direct way has 2.72e+09");
    }
    // A tile of 4 x 4 would be three quarters empty.
    assertThat(choice.forward(conv(64, 192, 2, 2, 384, 1, 1, UnaryOp.IDENTITY)).m()).isEqualTo(2);
    refuses(choice, conv(64, 3, 32, 32, 64, 1, 1, UnaryOp.IDENTITY), "the direct way has");
    refuses(choice, conv(64, 192, 8, 8, 384, 3, 1, UnaryOp.IDENTITY), "the padding is 3 x 1");
    refuses(choice, with(layer, 5, 1, 1, 1), "the kernel is 5 x 3");
    refuses(choice, with(layer, 3, 2, 1, 1), "the stride is 2 x 1");
    refuses(choice, with(layer, 3, 1, 2, 1), "the dilation is 2 x 1");
    refuses(choice, with(layer, 3, 1, 1, 2), "2 groups");
    WinogradChoice off = WinogradChoice.of(new VectorGemmKernel().winograd(), "off");
    refuses(off, layer, "-Dcortado.cpu.winograd=off");
    assertThatThrownBy(() -> WinogradChoice.of(new VectorGemmKernel().winograd(), "no"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("\"no\"")
        .hasMessageContaining("on or off");
  }

  private static ConvSpec with(ConvSpec s, int kernelH, int strideH, int dilationH, int groups) {
    return new ConvSpec(
        s.n(),
        s.c(),
        s.h(),
        s.w(),
        s.k(),
        kernelH,
        3,
        strideH,
        1,
        1,
        1,
        dilationH,
        1,
        groups,
        s.activation());
  }

  private static void refuses(WinogradChoice choice, ConvSpec spec, String why) {
    for (WinogradChoice.Decision d :
        List.of(choice.forward(spec), choice.backwardData(spec), choice.backwardFilter(spec))) {
      assertThat(d.m()).isZero();
      assertThat(d.reason()).startsWith("direct: ").contains(why);
    }
  }

  /** Where it is chosen it runs, and the property switches it off: the bits tell. */
  @Test
  void isSwitchedOff() {
    ConvSpec s = conv(2, 64, 8, 8, 64, 1, 1, UnaryOp.IDENTITY);
    float[] x = KernelCase.random((int) s.inputShape().size(), 1);
    float[] w = KernelCase.random((int) s.weightShape().size(), 2);
    float[] y = KernelCase.random((int) s.outputShape().size(), 3);
    for (String property : new String[] {"on", "off"}) {
      boolean on = property.equals("on");
      float[] before = KernelCase.filled(y.length, Float.NaN);
      float[][] got =
          KernelCase.onAll(
              before,
              (setup, out) -> conv(setup, property).forward(s, x, 0, w, 0, null, 0, out, 0));
      float[][] tiles =
          KernelCase.onAll(
              before,
              (setup, out) ->
                  engine(setup)
                      .run(
                          WinogradPlan.forward(s, 4, WinogradChoice.BLOCK_TILES, 1),
                          x,
                          0,
                          w,
                          0,
                          null,
                          0,
                          UnaryOp.IDENTITY,
                          0,
                          out,
                          0));
      float[][] filters =
          KernelCase.onAll(
              w, (setup, out) -> conv(setup, property).backwardFilter(s, x, 0, y, 0, 1, out, 0));
      float[][] filterTiles =
          KernelCase.onAll(
              w,
              (setup, out) ->
                  filter(setup)
                      .run(
                          WinogradPlan.forward(s, 4, WinogradChoice.CHUNK_TILES, 1),
                          x,
                          0,
                          y,
                          0,
                          1,
                          out,
                          0));
      for (int i = 0; i < got.length; i++) {
        assertThat(Arrays.equals(got[i], tiles[i])).as("winograd=%s", property).isEqualTo(on);
        assertThat(Arrays.equals(filters[i], filterTiles[i]))
            .as("filter, winograd=%s", property)
            .isEqualTo(on);
      }
    }
  }

  private static Conv conv(KernelCase.Setup setup, String property) {
    GemmKernel kernel = setup.kernel();
    WinogradChoice choice = WinogradChoice.of(kernel.winograd(), property);
    return KernelCase.conv(kernel, setup.workers(), choice);
  }
}

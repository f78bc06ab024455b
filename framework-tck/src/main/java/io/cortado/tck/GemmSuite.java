package io.cortado.tck;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceGemm;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products and fully connected layers. */
public abstract class GemmSuite extends BackendSuite {

  /** For subclasses. */
  protected GemmSuite() {}

  static Stream<GemmSpec> products() {
    Stream.Builder<GemmSpec> specs = Stream.builder();
    int[][] sizes = {
      {1, 1, 1},
      {1, 127, 33},
      {127, 1, 33},
      {3, 7, 13},
      {7, 13, 3},
      {13, 3, 7},
      {17, 33, 1},
      {16, 32, 64},
      {33, 17, 127},
      {127, 127, 127},
      {6, 16, 300},
      {130, 70, 20},
      {65, 257, 513}
    };
    for (int[] mnk : sizes) {
      for (int transposes = 0; transposes < 4; transposes++) {
        boolean ta = (transposes & 1) != 0;
        boolean tb = (transposes & 2) != 0;
        specs.add(GemmSpec.of(mnk[0], mnk[1], mnk[2], ta, tb));
        if (mnk[2] <= 127) {
          specs.add(gapped(mnk[0], mnk[1], mnk[2], ta, tb, 3, 1, 0, 0));
        }
      }
    }
    for (int transposes = 0; transposes < 4; transposes++) {
      boolean ta = (transposes & 1) != 0;
      boolean tb = (transposes & 2) != 0;
      specs.add(GemmSpec.batched(3, 17, 13, 33, ta, tb));
      specs.add(GemmSpec.batched(7, 1, 3, 5, ta, tb));
      specs.add(gapped(13, 17, 7, ta, tb, 2, 4, 5, 11));
      specs.add(oneForAll(GemmSpec.batched(4, 7, 13, 17, ta, tb), true, false));
      specs.add(oneForAll(GemmSpec.batched(4, 13, 7, 17, ta, tb), false, true));
      specs.add(oneForAll(GemmSpec.batched(2, 3, 3, 127, ta, tb), true, true));
    }
    return specs.build();
  }

  private static GemmSpec gapped(
      int m, int n, int k, boolean ta, boolean tb, int gap, int batch, int between, int betweenC) {
    int lda = (ta ? m : k) + gap;
    int ldb = (tb ? k : n) + gap + 1;
    int ldc = n + gap + 2;
    long strideA = (long) (ta ? k : m) * lda + between;
    long strideB = (long) (tb ? n : k) * ldb + between;
    return new GemmSpec(
        m, n, k, ta, tb, lda, ldb, ldc, batch, strideA, strideB, (long) m * ldc + betweenC);
  }

  private static GemmSpec oneForAll(GemmSpec s, boolean a, boolean b) {
    return new GemmSpec(
        s.m(),
        s.n(),
        s.k(),
        s.transA(),
        s.transB(),
        s.lda(),
        s.ldb(),
        s.ldc(),
        s.batch(),
        a ? 0 : s.strideA(),
        b ? 0 : s.strideB(),
        s.strideC());
  }

  @ParameterizedTest
  @MethodSource("products")
  void product(GemmSpec s) {
    float[][] factors = {{1, 0}, {1, 1}, {-0.5f, 0.25f}, {2, -1}};
    int number = s.m() + s.n() + s.k();
    check(s, 1, 0, number);
    float[] factor = factors[1 + number % 3];
    check(s, factor[0], factor[1], number + 1);
  }

  @Test
  void anAlphaOfZeroLeavesBetaTimesC() {
    check(GemmSpec.of(13, 17, 7, false, false), 0, 0.5f, 0);
    check(GemmSpec.of(13, 17, 7, true, true), 0, 0, 0);
  }

  /** Gaps of A and B hold NaN, so that reading one shows; gaps of C hold numbers that must stay. */
  private void check(GemmSpec s, float alpha, float beta, int number) {
    Data data = new Data(Data.seed(s));
    float[] a =
        matrices(
            data,
            s.transA() ? s.k() : s.m(),
            s.transA() ? s.m() : s.k(),
            s.lda(),
            s.batch(),
            s.strideA());
    float[] b =
        matrices(
            data,
            s.transB() ? s.n() : s.k(),
            s.transB() ? s.k() : s.n(),
            s.ldb(),
            s.batch(),
            s.strideB());
    float[] c = data.signed((s.batch() - 1) * s.strideC() + (s.m() - 1L) * s.ldc() + s.n());
    float[] before = c.clone();
    double[] expected = Numbers.doubles(c);
    double[] scale = new double[c.length];
    ReferenceGemm.gemm(s, alpha, Numbers.doubles(a), Numbers.doubles(b), beta, expected);
    double[] magnitudes = Numbers.abs(Numbers.doubles(c));
    ReferenceGemm.gemm(
        s,
        Math.abs(alpha),
        Numbers.abs(Numbers.doubles(a)),
        Numbers.abs(Numbers.doubles(b)),
        Math.abs(beta),
        magnitudes);
    for (int z = 0; z < s.batch(); z++) {
      for (int i = 0; i < s.m(); i++) {
        for (int j = 0; j < s.n(); j++) {
          int at = (int) (z * s.strideC()) + i * s.ldc() + j;
          scale[at] = magnitudes[at];
          if (beta == 0) {
            before[at] = Float.NaN;
          }
        }
      }
    }
    try (Bench bench = bench(number)) {
      Operand out = bench.inPlace("C at alpha " + alpha + ", beta " + beta, before);
      backend().gemm(s, alpha, bench.input(a), bench.input(b), beta, out.buffer());
      out.expect(new Expected(expected, scale), forProducts(s.k()));
    }
  }

  /** Returns a batch of matrices with NaN between rows and between matrices. */
  private static float[] matrices(
      Data data, int rows, int columns, int ld, int batch, long stride) {
    int count = stride == 0 ? 1 : batch;
    float[] all = new float[(int) ((count - 1) * stride + (rows - 1L) * ld + columns)];
    Arrays.fill(all, Float.NaN);
    for (int z = 0; z < count; z++) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(data.signed(columns), 0, all, (int) (z * stride) + r * ld, columns);
      }
    }
    return all;
  }

  static Stream<LinearSpec> layers() {
    return Stream.of(
        new LinearSpec(1, 1, 1, UnaryOp.IDENTITY),
        new LinearSpec(7, 13, 3, UnaryOp.RELU),
        new LinearSpec(17, 33, 127, UnaryOp.TANH),
        new LinearSpec(127, 17, 33, UnaryOp.SIGMOID),
        new LinearSpec(1, 300, 10, UnaryOp.LECUN_TANH),
        new LinearSpec(64, 120, 84, UnaryOp.leakyRelu(0.1f)),
        new LinearSpec(33, 1, 17, UnaryOp.IDENTITY));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void fullyConnectedLayer(LinearSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.signed((long) s.rows() * s.in());
    float[] w = data.signed((long) s.out() * s.in());
    float[] bias = data.signed(s.out());
    LinearSpec sums = new LinearSpec(s.rows(), s.in(), s.out(), UnaryOp.IDENTITY);
    for (boolean withBias : new boolean[] {true, false}) {
      float @Nullable [] b = withBias ? bias : null;
      double @Nullable [] bs = b == null ? null : Numbers.doubles(b);
      double[] y = ReferenceGemm.linear(s, Numbers.doubles(x), Numbers.doubles(w), bs);
      double[] scale =
          ReferenceGemm.linear(
              sums,
              Numbers.abs(Numbers.doubles(x)),
              Numbers.abs(Numbers.doubles(w)),
              bs == null ? null : Numbers.abs(bs));
      try (Bench bench = bench(s.rows())) {
        Operand out = bench.output("y", y.length);
        backend().linear(s, bench.input(x), bench.input(w), bench.inputOrNull(b), out.buffer());
        out.expect(new Expected(y, scale), forProducts(s.in() + 1).times(2));
      }
    }
  }
}

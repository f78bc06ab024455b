package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.PoolSpec.Mode;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferencePool;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pooling and its gradients. */
public abstract class PoolSuite extends BackendSuite {

  /** For subclasses. */
  protected PoolSuite() {}

  /** Makes a pooling whose output covers what its windows reach. */
  static PoolSpec windows(
      Mode mode,
      int n,
      int c,
      int h,
      int w,
      int kh,
      int kw,
      int stride,
      int pad,
      int dilation,
      boolean ceil) {
    return new PoolSpec(
        mode,
        n,
        c,
        h,
        w,
        out(h, kh, stride, pad, dilation, ceil),
        out(w, kw, stride, pad, dilation, ceil),
        kh,
        kw,
        stride,
        stride,
        pad,
        pad,
        dilation,
        dilation,
        false);
  }

  /**
   * PyTorch's rule: in ceil mode the last window must start inside the image or the border before
   * it.
   */
  private static int out(int in, int kernel, int stride, int pad, int dilation, boolean ceil) {
    int reach = in + 2 * pad - dilation * (kernel - 1) - 1 + (ceil ? stride - 1 : 0);
    int out = reach / stride + 1;
    return ceil && (out - 1) * stride >= in + pad ? out - 1 : out;
  }

  /** Makes an adaptive pooling. */
  static PoolSpec adaptive(Mode mode, int n, int c, int h, int w, int outH, int outW) {
    return new PoolSpec(mode, n, c, h, w, outH, outW, 0, 0, 0, 0, 0, 0, 1, 1, true);
  }

  static Stream<PoolSpec> poolings() {
    return Stream.concat(
        Arrays.stream(Mode.values()).flatMap(PoolSuite::poolings),
        Stream.of(
            windows(Mode.MAX, 2, 3, 13, 13, 3, 3, 1, 1, 2, false),
            windows(Mode.MAX, 1, 2, 17, 11, 2, 3, 2, 1, 3, true)));
  }

  private static Stream<PoolSpec> poolings(Mode mode) {
    return Stream.of(
        windows(mode, 1, 1, 1, 1, 1, 1, 1, 0, 1, false),
        windows(mode, 2, 6, 28, 28, 2, 2, 2, 0, 1, false),
        windows(mode, 2, 3, 13, 13, 3, 3, 2, 0, 1, false),
        windows(mode, 3, 2, 13, 17, 3, 3, 2, 1, 1, false),
        windows(mode, 2, 3, 7, 33, 2, 3, 1, 1, 1, false),
        windows(mode, 2, 5, 12, 9, 2, 2, 3, 0, 1, false),
        // Windows that reach beyond the image, and beyond its border.
        windows(mode, 2, 3, 7, 10, 3, 2, 2, 1, 1, true),
        windows(mode, 1, 2, 5, 8, 3, 3, 2, 0, 1, true),
        windows(mode, 1, 2, 6, 4, 4, 4, 3, 2, 1, true),
        // One-dimensional, and a window as large as the image.
        new PoolSpec(mode, 2, 3, 1, 33, 1, 16, 1, 3, 1, 2, 0, 0, 1, 1, false),
        new PoolSpec(mode, 2, 3, 127, 1, 42, 1, 3, 1, 3, 1, 0, 0, 1, 1, false),
        windows(mode, 3, 7, 6, 5, 6, 5, 1, 0, 1, false),
        // Different both ways.
        new PoolSpec(mode, 2, 3, 11, 17, 5, 9, 3, 2, 2, 2, 0, 1, 1, 1, false),
        adaptive(mode, 2, 3, 13, 17, 1, 1),
        adaptive(mode, 2, 3, 13, 17, 6, 6),
        adaptive(mode, 1, 5, 7, 7, 7, 7),
        adaptive(mode, 2, 2, 5, 3, 7, 4),
        adaptive(mode, 1, 2, 10, 1, 3, 1));
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void ofDifferentNumbers(PoolSpec s) {
    Data data = new Data(Data.seed(s));
    check(s, data.signed(s.inputShape().size()), data.signed(s.outputShape().size()));
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void ofEqualNumbers(PoolSpec s) {
    Data data = new Data(Data.seed(s));
    check(s, data.coarse(s.inputShape().size()), data.signed(s.outputShape().size()));
  }

  @Test
  void theMaximumOfMinusInfinitiesIsTheFirst() {
    PoolSpec s = windows(Mode.MAX, 1, 2, 5, 5, 3, 3, 2, 1, 1, false);
    float[] x = new float[(int) s.inputShape().size()];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    check(s, x, new Data(1).signed(s.outputShape().size()));
  }

  @Test
  void theMaximumOfVeryNegativeNumbersIgnoresTheBorder() {
    PoolSpec s = windows(Mode.MAX, 1, 2, 5, 5, 3, 3, 2, 1, 1, false);
    Data data = new Data(2);
    check(
        s, data.between(s.inputShape().size(), -3e38, -2e38), data.signed(s.outputShape().size()));
  }

  @Test
  void nanIsTheMaximumAndGetsTheGradient() {
    PoolSpec s = windows(Mode.MAX, 1, 2, 9, 9, 3, 3, 3, 0, 1, false);
    Data data = new Data(3);
    float[] x = data.signed(s.inputShape().size());
    x[0] = Float.NaN;
    x[4 * 9 + 4] = Float.NaN;
    x[81 + 80] = Float.NaN;
    check(s, x, data.signed(s.outputShape().size()));
  }

  @Test
  void nanGoesThroughAverages() {
    for (Mode mode : new Mode[] {Mode.AVERAGE, Mode.AVERAGE_EXCLUDE_PADDING, Mode.SUM}) {
      PoolSpec s = windows(mode, 1, 1, 8, 8, 2, 2, 2, 0, 1, false);
      Data data = new Data(4);
      float[] x = data.signed(64);
      x[27] = Float.NaN;
      check(s, x, data.signed(16));
    }
  }

  private void check(PoolSpec s, float[] xs, float[] dys) {
    double[] x = Numbers.doubles(xs);
    double[] dy = Numbers.doubles(dys);
    boolean max = s.mode() == Mode.MAX;
    double[] magnitude = Numbers.abs(x);
    double[] yScale = max ? new double[dys.length] : ReferencePool.forward(s, magnitude);
    Expected y = new Expected(ReferencePool.forward(s, x), yScale);
    Expected dx =
        new Expected(
            ReferencePool.backward(s, x, dy), ReferencePool.backward(s, x, Numbers.abs(dy)));
    Tolerance forward = max ? Tolerance.EXACT : Tolerance.forReduction((long) s.h() * s.w());
    Tolerance backward = Tolerance.forReduction(25);
    for (float beta : BETAS) {
      try (Bench bench = bench(s.c())) {
        Buffer in = bench.input(xs);
        Operand out = bench.output("y", dys.length);
        long reserveSize = backend().poolReserveSize(s);
        assertThat(reserveSize).as("elements reserved").isEqualTo(max ? dys.length : 0);
        @Nullable Operand places = max ? bench.intOutput("reserve", reserveSize) : null;
        @Nullable Buffer reserve = places == null ? null : places.buffer();
        backend().pool(s, in, out.buffer(), reserve);
        out.expect(y, forward);
        if (places != null) {
          assertThat(places.ints()).as("places").isEqualTo(ReferencePool.places(s, x));
        }
        Operand gradient = bench.target("dx", xs.length, beta);
        backend()
            .poolBackward(s, in, out.buffer(), reserve, bench.input(dys), beta, gradient.buffer());
        gradient.expect(dx, backward);
      }
      try (Bench bench = bench(s.c() + 1)) {
        Operand out = bench.output("y without reserve", dys.length);
        backend().pool(s, bench.input(xs), out.buffer(), null);
        out.expect(y, forward);
      }
    }
  }
}

package io.cortado.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cortado.DType;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceOptimizers;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizer steps, several in a row. */
public abstract class OptimizerSuite extends BackendSuite {

  /** For subclasses. */
  protected OptimizerSuite() {}

  private static final int STEPS = 10;
  private static final Tolerance STEPPED = Tolerance.ELEMENTWISE.times(STEPS);

  static Stream<SgdSpec> sgds() {
    return Stream.of(
        new SgdSpec(1, 0, 0, 0, false),
        new SgdSpec(127, 0, 0, 0.1f, false),
        new SgdSpec(33, 0.9f, 0, 0, false),
        new SgdSpec(1000, 0.9f, 0.3f, 0.01f, false),
        new SgdSpec(17, 0.9f, 0, 0, true),
        new SgdSpec(257, 0.5f, 0, 0.1f, true));
  }

  @ParameterizedTest
  @MethodSource("sgds")
  void sgd(SgdSpec s) {
    Data data = new Data(Data.seed(s));
    float[] start = data.signed(s.n());
    double[] p = Numbers.doubles(start);
    double @Nullable [] m = s.momentum() == 0 ? null : new double[p.length];
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      Operand momentum = bench.output("momentum", s.n());
      @Nullable Buffer momentumBuffer = m == null ? null : momentum.buffer();
      for (int step = 1; step <= STEPS; step++) {
        float[] hyper = new float[SgdSpec.COUNT];
        hyper[SgdSpec.LR] = 0.1f / step;
        float[] g = data.signed(s.n());
        ReferenceOptimizers.sgd(s, Numbers.doubles(hyper), step, p, Numbers.doubles(g), m);
        backend()
            .sgd(
                s,
                bench.input(hyper),
                m == null ? null : number(bench, step),
                step % 2 == 0 ? null : bench.input(new float[] {0}),
                param.buffer(),
                bench.input(g),
                momentumBuffer);
        param.expect(Expected.within(1, p), STEPPED);
        if (m != null) {
          momentum.expect(Expected.within(1, m), STEPPED);
        }
      }
    }
  }

  static Stream<AdamSpec> adams() {
    return Stream.of(
        new AdamSpec(1, 0.9, 0.999, 1e-8f, 0, false),
        new AdamSpec(127, 0.9, 0.999, 1e-8f, 0.1f, false),
        new AdamSpec(1000, 0.8, 0.95, 1e-3f, 0.1f, true),
        new AdamSpec(17, 0.9, 0.999, 1e-8f, 0, true));
  }

  @ParameterizedTest
  @MethodSource("adams")
  void adam(AdamSpec s) {
    Data data = new Data(Data.seed(s));
    float[] start = data.signed(s.n());
    double[] p = Numbers.doubles(start);
    double[] m = new double[p.length];
    double[] v = new double[p.length];
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      Operand first = bench.inPlace("m", new float[p.length]);
      Operand second = bench.inPlace("v", new float[p.length]);
      for (int step = 1; step <= STEPS; step++) {
        float[] hyper = hyper(s, 0.01 / step);
        float[] g = data.signed(s.n());
        // A parameter that never had a gradient must stay where it is: 0 / (0 + eps).
        g[0] = 0;
        ReferenceOptimizers.adam(s, Numbers.doubles(hyper), step, p, Numbers.doubles(g), m, v);
        backend()
            .adam(
                s,
                bench.input(hyper),
                number(bench, step),
                step % 2 == 0 ? null : bench.input(new float[] {0}),
                param.buffer(),
                bench.input(g),
                first.buffer(),
                second.buffer());
        param.expect(Expected.within(1, p), STEPPED);
        first.expect(Expected.within(0.1, m), STEPPED);
        second.expect(Expected.within(1e-4, v), STEPPED);
      }
    }
  }

  /** Returns what core puts into device memory. */
  static float[] hyper(AdamSpec s, double lr) {
    float[] hyper = new float[AdamSpec.COUNT];
    hyper[AdamSpec.LR] = (float) lr;
    hyper[AdamSpec.DECAY_FACTOR] = (float) (1 - lr * s.weightDecay());
    return hyper;
  }

  /** Returns the number of a step in device memory. */
  static Buffer number(Bench bench, long step) {
    return bench.input(new int[] {(int) step, (int) (step >>> 32)});
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 10, 1_000_000, 0xFFFFFFFFL, 0x1_0000_0001L, 1L << 40})
  void adamManySteps(long step) {
    AdamSpec s = new AdamSpec(33, 0.9, 0.999, 1e-8f, 0, false);
    Data data = new Data(step);
    float[] start = data.signed(s.n());
    float[] g = data.signed(s.n());
    double[] p = Numbers.doubles(start);
    double[] m = new double[p.length];
    double[] v = new double[p.length];
    float[] hyper = hyper(s, 0.1);
    ReferenceOptimizers.adam(s, Numbers.doubles(hyper), step, p, Numbers.doubles(g), m, v);
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      backend()
          .adam(
              s,
              bench.input(hyper),
              number(bench, step),
              null,
              param.buffer(),
              bench.input(g),
              bench.inPlace("m", new float[p.length]).buffer(),
              bench.inPlace("v", new float[p.length]).buffer());
      param.expect(Expected.within(1, p), Tolerance.ELEMENTWISE);
    }
  }

  @Test
  void whatIsSkippedChangesNothing() {
    float[] start = new Data(7).signed(127);
    double[] unchanged = Numbers.doubles(start);
    float[] nan = new float[127];
    Arrays.fill(nan, Float.NaN);
    SgdSpec sgd = new SgdSpec(127, 0.9f, 0, 0.1f, true);
    AdamSpec adam = new AdamSpec(127, 0.9, 0.999, 1e-8f, 0.1f, true);
    for (float flag : new float[] {1, -1, Float.NaN}) {
      try (Bench bench = bench()) {
        Operand param = bench.inPlace("param", start);
        Operand first = bench.inPlace("momentum or m", start);
        Operand second = bench.inPlace("v", start);
        Buffer skip = bench.input(new float[] {flag});
        Buffer step = number(bench, 1);
        Buffer rate = bench.input(new float[] {0.1f, 0.9f});
        Buffer grad = bench.input(nan);
        backend().sgd(sgd, rate, step, skip, param.buffer(), grad, first.buffer());
        backend()
            .adam(adam, rate, step, skip, param.buffer(), grad, first.buffer(), second.buffer());
        for (Operand o : new Operand[] {param, first, second}) {
          o.expect(Expected.relative(unchanged), Tolerance.EXACT);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x7FFFFFFFL, 0xFFFFFFFFL, 0x5_FFFF_FFFFL, -1})
  void advance(long start) {
    try (Bench bench = bench()) {
      Buffer counter = backend().allocate(DType.INT32, 4);
      int[] words = {(int) start, (int) (start >>> 32), 77, 78};
      backend().upload(words, 0, counter, 0, 4);
      backend().advance(counter, bench.input(new float[] {1}));
      assertEquals(start, read(counter), "skipped");
      backend().advance(counter, bench.input(new float[] {0}));
      assertEquals(start + 1, read(counter), "not skipped");
      backend().advance(counter, null);
      assertEquals(start + 2, read(counter), "without a flag");
      backend().release(counter);
    }
  }

  private long read(Buffer counter) {
    int[] words = new int[4];
    backend().download(counter, 0, words, 0, 4);
    assertEquals(77, words[2], "behind the counter");
    return Integer.toUnsignedLong(words[0]) | (long) words[1] << 32;
  }

  @Test
  void clipNorm() {
    for (int n : new int[] {1, 3, 17, 127, 5000, 200_003}) {
      float[] x = new Data(n).signed(n);
      for (float maxNorm : new float[] {0.1f, 1e6f}) {
        double[] clipped = Numbers.doubles(x);
        double norm = ReferenceOptimizers.clipNorm(maxNorm, clipped);
        try (Bench bench = bench()) {
          Operand values = bench.inPlace("x", x);
          Operand normOut = bench.output("norm", 1);
          backend().clipNorm(n, maxNorm, values.buffer(), normOut.buffer());
          normOut.expect(Expected.relative(new double[] {norm}), Tolerance.forReduction(n));
          values.expect(Expected.relative(clipped), Tolerance.forReduction(n));
        }
      }
    }
  }

  @Test
  void vectorNorm() {
    for (int n : new int[] {1, 3, 17, 127, 5000, 200_003}) {
      for (float last : new float[] {0.5f, Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] x = new Data(n).signed(n);
        x[n - 1] = last;
        double norm = ReferenceOptimizers.norm(Numbers.doubles(x));
        try (Bench bench = bench()) {
          Operand normOut = bench.output("norm", 1);
          backend().vectorNorm(n, bench.input(x), normOut.buffer());
          normOut.expect(Expected.relative(new double[] {norm}), Tolerance.forReduction(n));
        }
      }
    }
  }

  /** Norms that floats hold, of squares that they do not. */
  @ParameterizedTest
  @ValueSource(floats = {1e19f, 3e37f, 1e-20f, 1e-24f, 1e-37f})
  void normsWhoseSquaresAreNoFloats(float unit) {
    for (int n : new int[] {2, 37, 20_003}) {
      float[] x = new float[n];
      x[0] = 3 * unit;
      x[n - 1] = 4 * unit;
      double[] clipped = Numbers.doubles(x);
      double norm = ReferenceOptimizers.clipNorm(1, clipped);
      try (Bench bench = bench()) {
        Operand normOut = bench.output("norm", 1);
        backend().vectorNorm(n, bench.input(x), normOut.buffer());
        normOut.expect(Expected.relative(new double[] {norm}), Tolerance.ELEMENTWISE);
        Operand values = bench.inPlace("x", x);
        Operand before = bench.output("norm before", 1);
        backend().clipNorm(n, 1, values.buffer(), before.buffer());
        before.expect(Expected.relative(new double[] {norm}), Tolerance.ELEMENTWISE);
        values.expect(Expected.relative(clipped), Tolerance.ELEMENTWISE);
      }
    }
  }

  /** Zeros between gradients have to stay, or they would be found not to be finite ever after. */
  @Test
  void clipNormMakesNoNanOfZero() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] x = new Data(1).signed(70_000);
      Arrays.fill(x, 33, 64, 0);
      Arrays.fill(x, 69_000, 69_999, 0);
      x[1] = bad;
      double[] expected = Numbers.doubles(x);
      double norm = ReferenceOptimizers.clipNorm(1, expected);
      try (Bench bench = bench()) {
        Operand values = bench.inPlace("x", x);
        Operand normOut = bench.output("norm", 1);
        backend().clipNorm(x.length, 1, values.buffer(), normOut.buffer());
        normOut.expect(Expected.relative(new double[] {norm}), Tolerance.EXACT);
        values.expect(Expected.relative(expected), Tolerance.EXACT);
      }
    }
  }

  @Test
  void clipNormOfNothingButZerosLeavesThem() {
    try (Bench bench = bench()) {
      Operand values = bench.inPlace("x", new float[33]);
      Operand norm = bench.output("norm", 1);
      backend().clipNorm(33, 1, values.buffer(), norm.buffer());
      norm.expect(Expected.relative(new double[1]), Tolerance.EXACT);
      values.expect(Expected.relative(new double[33]), Tolerance.EXACT);
    }
  }
}

package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceOptimizers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
    Data data = new Data(s.hashCode());
    float[] start = data.signed(s.n());
    double[] p = Numbers.doubles(start);
    double @Nullable [] m = s.momentum() == 0 ? null : new double[p.length];
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      Operand momentum = bench.output("momentum", s.n());
      @Nullable Buffer momentumBuffer = m == null ? null : momentum.buffer();
      for (int step = 0; step < STEPS; step++) {
        float[] hyper = new float[SgdSpec.COUNT];
        hyper[SgdSpec.LR] = 0.1f / (1 + step);
        hyper[SgdSpec.FIRST] = step == 0 ? 1 : 0;
        float[] g = data.signed(s.n());
        ReferenceOptimizers.sgd(s, Numbers.doubles(hyper), p, Numbers.doubles(g), m);
        backend().sgd(s, bench.input(hyper), param.buffer(), bench.input(g), momentumBuffer);
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
    Data data = new Data(s.hashCode());
    float[] start = data.signed(s.n());
    double[] p = Numbers.doubles(start);
    double[] m = new double[p.length];
    double[] v = new double[p.length];
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      Operand first = bench.inPlace("m", new float[p.length]);
      Operand second = bench.inPlace("v", new float[p.length]);
      for (int step = 1; step <= STEPS; step++) {
        float[] hyper = hyper(s, 0.01 / step, step);
        float[] g = data.signed(s.n());
        // A parameter that never had a gradient must stay where it is: 0 / (0 + eps).
        g[0] = 0;
        ReferenceOptimizers.adam(s, Numbers.doubles(hyper), p, Numbers.doubles(g), m, v);
        backend()
            .adam(
                s,
                bench.input(hyper),
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

  /** Returns what core puts into device memory for a step, counted from 1. */
  static float[] hyper(AdamSpec s, double lr, int step) {
    float[] hyper = new float[AdamSpec.COUNT];
    hyper[AdamSpec.STEP_SIZE] = (float) (lr / (1 - Math.pow(s.beta1(), step)));
    hyper[AdamSpec.INV_SQRT_CORRECTION2] = (float) (1 / Math.sqrt(1 - Math.pow(s.beta2(), step)));
    hyper[AdamSpec.DECAY_FACTOR] = (float) (1 - lr * s.weightDecay());
    return hyper;
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

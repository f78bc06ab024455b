package io.cortado.tck;

import io.cortado.backend.spec.NormSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceNorm;
import io.cortado.tck.reference.ReferenceNorm.Gradients;
import io.cortado.tck.reference.ReferenceNorm.Result;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layer norm, RMS norm and group norm, and their gradients. */
public abstract class NormSuite extends BackendSuite {

  /** For subclasses. */
  protected NormSuite() {}

  static Stream<NormSpec> specs() {
    return Stream.of(
            layer(1, 1),
            layer(1, 7),
            layer(13, 1),
            layer(7, 33),
            layer(3, 127),
            layer(130, 17),
            layer(600, 64),
            layer(2, 4099),
            new NormSpec(6, 3, 1, 17, true, 1e-5f), // instance norm
            new NormSpec(6, 2, 3, 1, true, 1e-5f), // group norm of [N, C]
            new NormSpec(4, 2, 3, 7, true, 1e-3f),
            new NormSpec(35, 5, 2, 33, true, 1e-5f),
            new NormSpec(3, 1, 13, 64, true, 1e-5f),
            new NormSpec(64, 4, 16, 49, true, 1e-5f))
        .flatMap(s ->
            Stream.of(
                s, new NormSpec(s.rows(), s.groups(), s.channels(), s.inner(), false, s.eps())));
  }

  private static NormSpec layer(int rows, int width) {
    return new NormSpec(rows, 1, width, 1, true, 1e-5f);
  }

  private static double @Nullable [] doublesOrNull(float @Nullable [] x) {
    return x == null ? null : Numbers.doubles(x);
  }

  /**
   * Returns outputs with their scale: x and the mean are subtracted, then divided by the spread.
   */
  private static Expected output(
      NormSpec s, float[] x, Result r, float @Nullable [] gamma, float @Nullable [] shift) {
    double[] scale = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int row = i / s.width();
      int p = ReferenceNorm.parameter(s, i);
      double g = gamma == null ? 1 : Math.abs(gamma[p]);
      double b = shift == null ? 0 : Math.abs(shift[p]);
      scale[i] = g * (Math.abs(x[i]) + Math.abs(r.mean()[row]) + 1) * (1 + r.invStd()[row]) + b;
    }
    return new Expected(r.y(), scale);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void forward(NormSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(s.count(), -2, 3);
    float[] gamma = data.signed(s.parameters());
    float[] shift = data.signed(s.parameters());
    checkForward(s, x, gamma, shift);
    checkForward(s, x, null, shift);
    checkForward(s, x, gamma, null);
    checkForward(s, x, null, null);
  }

  private void checkForward(
      NormSpec s, float[] x, float @Nullable [] gamma, float @Nullable [] shift) {
    Result r =
        ReferenceNorm.forward(s, Numbers.doubles(x), doublesOrNull(gamma), doublesOrNull(shift));
    Tolerance tolerance = Tolerance.forReduction(s.width());
    try (Bench bench = bench(s.rows())) {
      Operand y = bench.output("y", x.length);
      Operand mean = bench.output("saveMean", s.rows());
      Operand invStd = bench.output("saveInvStd", s.rows());
      backend()
          .norm(
              s,
              bench.input(x),
              bench.inputOrNull(gamma),
              bench.inputOrNull(shift),
              y.buffer(),
              s.centered() ? mean.buffer() : null,
              invStd.buffer());
      y.expect(output(s, x, r, gamma, shift), tolerance);
      invStd.expect(Expected.relative(r.invStd()), tolerance.times(4));
      if (s.centered()) {
        mean.expect(Expected.within(1, r.mean()), tolerance);
      }
    }
  }

  /** A mean far from zero drowns the variance of whoever subtracts squares. */
  @Test
  void forwardFarFromZero() {
    for (NormSpec s : new NormSpec[] {layer(3, 300), new NormSpec(4, 2, 3, 64, true, 1e-5f)}) {
      float[] x = new Data(1).between(s.count(), 999, 1001);
      Result r = ReferenceNorm.forward(s, Numbers.doubles(x), null, null);
      try (Bench bench = bench()) {
        Operand y = bench.output("y", x.length);
        Operand mean = bench.output("mean", s.rows());
        Operand invStd = bench.output("invStd", s.rows());
        backend().norm(s, bench.input(x), null, null, y.buffer(), mean.buffer(), invStd.buffer());
        mean.expect(Expected.relative(r.mean()), Tolerance.ELEMENTWISE);
        invStd.expect(Expected.relative(r.invStd()), new Tolerance("std far from zero", 1e-4));
        y.expect(Expected.within(1, r.y()), new Tolerance("far from zero", 1e-3));
      }
    }
  }

  /** Which gradients are wanted, as bits: 1 of the input, 2 of gamma, 4 of the shift. */
  @ParameterizedTest
  @MethodSource("specs")
  void backward(NormSpec s) {
    for (boolean withGamma : new boolean[] {true, false}) {
      for (float beta : BETAS) {
        checkBackward(s, withGamma, beta, 7);
      }
    }
    for (int wanted = 1; wanted < 7; wanted++) {
      checkBackward(s, true, 0, wanted);
    }
  }

  /** Without rows nothing is added to the parameters' gradients. */
  @Test
  void backwardOfNothing() {
    for (NormSpec s : new NormSpec[] {layer(0, 7), new NormSpec(0, 3, 2, 5, true, 1e-5f)}) {
      for (float beta : BETAS) {
        checkBackward(s, true, beta, 6);
      }
    }
  }

  private void checkBackward(NormSpec s, boolean withGamma, float beta, int wanted) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(s.count(), -2, 3);
    float[] dy = data.signed(s.count());
    float @Nullable [] gamma = withGamma ? data.signed(s.parameters()) : null;
    Result r = ReferenceNorm.forward(s, Numbers.doubles(x), null, null);
    float @Nullable [] mean = s.centered() ? Numbers.floats(r.mean()) : null;
    float[] invStd = Numbers.floats(r.invStd());
    Gradients g =
        ReferenceNorm.backward(
            s,
            Numbers.doubles(x),
            doublesOrNull(gamma),
            doublesOrNull(mean),
            Numbers.doubles(invStd),
            Numbers.doubles(dy));
    double largest = Math.max(1, Arrays.stream(r.invStd()).max().orElse(1));
    long perParameter = s.count() / s.parameters();
    Tolerance ofParameters = Tolerance.forReduction(perParameter);
    // The betas of the three differ, so that one taken for another shows.
    float otherBeta = 1 - beta;
    try (Bench bench = bench(s.rows())) {
      Operand dx = bench.target("dx", x.length, beta);
      Operand dGamma = bench.target("dGamma", s.parameters(), otherBeta);
      Operand dShift = bench.target("dShift", s.parameters(), beta);
      backend()
          .normBackward(
              s,
              bench.input(x),
              bench.inputOrNull(gamma),
              bench.inputOrNull(mean),
              bench.input(invStd),
              bench.input(dy),
              beta,
              (wanted & 1) != 0 ? dx.buffer() : null,
              otherBeta,
              (wanted & 2) != 0 ? dGamma.buffer() : null,
              beta,
              (wanted & 4) != 0 ? dShift.buffer() : null);
      if ((wanted & 1) != 0) {
        dx.expect(Expected.within(3 * largest, g.dx()), Tolerance.forReduction(s.width()));
      }
      if ((wanted & 2) != 0) {
        dGamma.expect(Expected.within(perParameter * largest, g.dGamma()), ofParameters);
      }
      if ((wanted & 4) != 0) {
        dShift.expect(Expected.within(perParameter, g.dShift()), ofParameters);
      }
    }
  }
}

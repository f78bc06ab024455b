package io.cortado.tck;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceBatchNorm;
import io.cortado.tck.reference.ReferenceBatchNorm.Gradients;
import io.cortado.tck.reference.ReferenceBatchNorm.Result;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch normalisation in training and in use, and its gradients. */
public abstract class BatchNormSuite extends BackendSuite {

  /** For subclasses. */
  protected BatchNormSuite() {}

  static Stream<BatchNormSpec> specs() {
    return Stream.of(
        new BatchNormSpec(2, 1, 1, 1e-5f),
        new BatchNormSpec(7, 13, 1, 1e-5f),
        new BatchNormSpec(128, 33, 1, 1e-3f),
        new BatchNormSpec(1, 3, 17, 1e-5f),
        new BatchNormSpec(3, 7, 33, 1e-5f),
        new BatchNormSpec(2, 17, 127, 1e-2f),
        new BatchNormSpec(5, 1, 64, 1e-5f),
        new BatchNormSpec(4, 6, 196, 1e-5f));
  }

  private static long size(BatchNormSpec s) {
    return s.count() * s.channels();
  }

  private static double @Nullable [] doublesOrNull(float @Nullable [] x) {
    return x == null ? null : Numbers.doubles(x);
  }

  /**
   * Returns outputs with their scale: x and the mean are subtracted, then divided by the spread.
   */
  private static Expected output(
      BatchNormSpec s, float[] x, Result r, float @Nullable [] gamma, float @Nullable [] shift) {
    double[] scale = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / s.inner() % s.channels();
      double g = gamma == null ? 1 : Math.abs(gamma[c]);
      double b = shift == null ? 0 : Math.abs(shift[c]);
      scale[i] = g * (Math.abs(x[i]) + Math.abs(r.mean()[c]) + 1) * (1 + r.invStd()[c]) + b;
    }
    return new Expected(r.y(), scale);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void train(BatchNormSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(size(s), -2, 3);
    float[] gamma = data.signed(s.channels());
    float[] shift = data.signed(s.channels());
    checkTrain(s, x, gamma, shift, true);
    checkTrain(s, x, null, shift, true);
    checkTrain(s, x, gamma, null, false);
    checkTrain(s, x, null, null, false);
  }

  @Test
  void trainOnOneElementGivesTheShift() {
    checkTrain(
        new BatchNormSpec(1, 3, 1, 1e-5f),
        new float[] {1, 2, 3},
        new float[] {5, 6, 7},
        new float[] {-1, 0, 1},
        false);
  }

  /** A mean far from zero drowns the variance of whoever subtracts squares. */
  @Test
  void trainFarFromZero() {
    BatchNormSpec s = new BatchNormSpec(4, 3, 64, 1e-5f);
    float[] x = new Data(1).between(size(s), 999, 1001);
    Result r = ReferenceBatchNorm.train(s, Numbers.doubles(x), null, null);
    try (Bench bench = bench()) {
      Operand y = bench.output("y", x.length);
      Operand mean = bench.output("mean", s.channels());
      Operand invStd = bench.output("invStd", s.channels());
      backend()
          .batchNormTrain(
              s,
              0.1f,
              bench.input(x),
              null,
              null,
              null,
              null,
              y.buffer(),
              mean.buffer(),
              invStd.buffer());
      mean.expect(Expected.relative(r.mean()), Tolerance.ELEMENTWISE);
      invStd.expect(Expected.relative(r.invStd()), new Tolerance("std far from zero", 1e-4));
      y.expect(Expected.within(1, r.y()), new Tolerance("far from zero", 1e-3));
    }
  }

  private void checkTrain(
      BatchNormSpec s,
      float[] x,
      float @Nullable [] gamma,
      float @Nullable [] shift,
      boolean withRunning) {
    float momentum = 0.1f;
    Data data = new Data(3);
    float[] runningMean = data.signed(s.channels());
    float[] runningVar = data.between(s.channels(), 0.5, 2);
    Result r =
        ReferenceBatchNorm.train(s, Numbers.doubles(x), doublesOrNull(gamma), doublesOrNull(shift));
    Tolerance tolerance = Tolerance.forReduction(s.count());
    try (Bench bench = bench(s.channels())) {
      Operand y = bench.output("y", x.length);
      Operand mean = bench.output("saveMean", s.channels());
      Operand invStd = bench.output("saveInvStd", s.channels());
      Operand newMean = bench.inPlace("runningMean", runningMean);
      Operand newVar = bench.inPlace("runningVar", runningVar);
      backend()
          .batchNormTrain(
              s,
              momentum,
              bench.input(x),
              bench.inputOrNull(gamma),
              bench.inputOrNull(shift),
              withRunning ? newMean.buffer() : null,
              withRunning ? newVar.buffer() : null,
              y.buffer(),
              mean.buffer(),
              invStd.buffer());
      y.expect(output(s, x, r, gamma, shift), tolerance);
      mean.expect(Expected.within(1, r.mean()), tolerance);
      invStd.expect(Expected.relative(r.invStd()), tolerance.times(4));
      if (withRunning) {
        double[] m = ReferenceBatchNorm.running(momentum, Numbers.doubles(runningMean), r.mean());
        double[] unbiased = ReferenceBatchNorm.unbiased(s, r.var());
        double[] v = ReferenceBatchNorm.running(momentum, Numbers.doubles(runningVar), unbiased);
        newMean.expect(Expected.within(1, m), tolerance);
        newVar.expect(Expected.within(1, v), tolerance);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void infer(BatchNormSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(size(s), -2, 3);
    float[] gamma = data.signed(s.channels());
    float[] shift = data.signed(s.channels());
    float[] mean = data.signed(s.channels());
    float[] var = data.between(s.channels(), 0.1, 2);
    checkInfer(s, x, gamma, shift, mean, var, true);
    checkInfer(s, x, null, shift, mean, var, false);
    checkInfer(s, x, gamma, null, mean, var, true);
    checkInfer(s, x, null, null, mean, var, false);
  }

  private void checkInfer(
      BatchNormSpec s,
      float[] x,
      float @Nullable [] gamma,
      float @Nullable [] shift,
      float[] mean,
      float[] var,
      boolean save) {
    Result r =
        ReferenceBatchNorm.infer(
            s,
            Numbers.doubles(x),
            doublesOrNull(gamma),
            doublesOrNull(shift),
            Numbers.doubles(mean),
            Numbers.doubles(var));
    try (Bench bench = bench(s.channels())) {
      Operand y = bench.output("y", x.length);
      Operand invStd = bench.output("saveInvStd", s.channels());
      backend()
          .batchNormInfer(
              s,
              bench.input(x),
              bench.inputOrNull(gamma),
              bench.inputOrNull(shift),
              bench.input(mean),
              bench.input(var),
              y.buffer(),
              save ? invStd.buffer() : null);
      y.expect(output(s, x, r, gamma, shift), Tolerance.ELEMENTWISE);
      if (save) {
        invStd.expect(Expected.relative(r.invStd()), Tolerance.ELEMENTWISE);
      }
    }
  }

  /** Which gradients are wanted, as bits: 1 of the input, 2 of gamma, 4 of the shift. */
  @ParameterizedTest
  @MethodSource("specs")
  void backward(BatchNormSpec s) {
    for (boolean batchStatistics : new boolean[] {true, false}) {
      for (boolean withGamma : new boolean[] {true, false}) {
        for (float beta : BETAS) {
          checkBackward(s, batchStatistics, withGamma, beta, 7);
        }
      }
      for (int wanted = 1; wanted < 7; wanted++) {
        checkBackward(s, batchStatistics, true, 0, wanted);
      }
    }
  }

  private void checkBackward(
      BatchNormSpec s, boolean batchStatistics, boolean withGamma, float beta, int wanted) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(size(s), -2, 3);
    float[] dy = data.signed(size(s));
    float @Nullable [] gamma = withGamma ? data.signed(s.channels()) : null;
    float[] mean = data.signed(s.channels());
    float[] invStd = data.between(s.channels(), 0.5, 2);
    if (batchStatistics) {
      Result r = ReferenceBatchNorm.train(s, Numbers.doubles(x), null, null);
      mean = Numbers.floats(r.mean());
      invStd = Numbers.floats(r.invStd());
    }
    Gradients g =
        ReferenceBatchNorm.backward(
            s,
            batchStatistics,
            Numbers.doubles(x),
            doublesOrNull(gamma),
            Numbers.doubles(mean),
            Numbers.doubles(invStd),
            Numbers.doubles(dy));
    double largest = 1;
    for (float i : invStd) {
      largest = Math.max(largest, i);
    }
    Tolerance tolerance = Tolerance.forReduction(s.count());
    // The betas of the three differ, so that one taken for another shows.
    float otherBeta = 1 - beta;
    try (Bench bench = bench(s.channels())) {
      Operand dx = bench.target("dx", x.length, beta);
      Operand dGamma = bench.target("dGamma", s.channels(), otherBeta);
      Operand dShift = bench.target("dShift", s.channels(), beta);
      backend()
          .batchNormBackward(
              s,
              batchStatistics,
              bench.input(x),
              bench.inputOrNull(gamma),
              bench.input(mean),
              bench.input(invStd),
              bench.input(dy),
              beta,
              (wanted & 1) != 0 ? dx.buffer() : null,
              otherBeta,
              (wanted & 2) != 0 ? dGamma.buffer() : null,
              beta,
              (wanted & 4) != 0 ? dShift.buffer() : null);
      if ((wanted & 1) != 0) {
        dx.expect(Expected.within(3 * largest, g.dx()), tolerance);
      }
      if ((wanted & 2) != 0) {
        dGamma.expect(Expected.within(s.count() * largest, g.dGamma()), tolerance);
      }
      if ((wanted & 4) != 0) {
        dShift.expect(Expected.within(s.count(), g.dShift()), tolerance);
      }
    }
  }
}

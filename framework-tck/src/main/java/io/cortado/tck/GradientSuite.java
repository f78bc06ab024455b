package io.cortado.tck;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceBatchNorm;
import io.cortado.tck.reference.ReferenceConv;
import io.cortado.tck.reference.ReferenceEmbedding;
import io.cortado.tck.reference.ReferenceLoss;
import io.cortado.tck.reference.ReferenceLrn;
import io.cortado.tck.reference.ReferenceNorm;
import io.cortado.tck.reference.ReferencePool;
import io.cortado.tck.reference.ReferenceSoftmax;
import io.cortado.tck.reference.ReferenceUnary;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every gradient of the seam against finite differences of the forward pass: the third oracle.
 *
 * <p>The differences are taken of the reference's double-precision forward pass, which knows
 * nothing of gradients.
 */
public abstract class GradientSuite extends BackendSuite {

  /** For subclasses. */
  protected GradientSuite() {}

  private static final double STEP = 1e-5;
  private static final Tolerance AS_DIFFERENCES = new Tolerance("finite differences", 2e-5);

  private static void expect(Operand actual, double[] differences) {
    actual.expect(Expected.within(1, differences), AS_DIFFERENCES);
  }

  /** Returns the gradient of {@code dy . forward(x)}. */
  private static double[] differences(UnaryOperator<double[]> forward, float[] x, float[] dy) {
    double[] upstream = Numbers.doubles(dy);
    ToDoubleFunction<double[]> f = at -> GradientCheck.dot(forward.apply(at), upstream);
    return GradientCheck.gradient(f, Numbers.doubles(x), STEP);
  }

  static Stream<UnaryOp> smoothOrAwayFromKinks() {
    return UnarySuite.cases()
        .filter(c -> c.low() >= -5 && c.high() <= 10)
        .map(UnarySuite.Case::op)
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("smoothOrAwayFromKinks")
  void unary(UnaryOp op) {
    // Positive where powers and logarithms want it; away from 0, from ends of ranges and from each
    // other.
    boolean positive =
        switch (op.kind()) {
          case LOG, SQRT, POW -> true;
          default -> false;
        };
    float[] x = new float[12];
    for (int i = 0; i < x.length; i++) {
      x[i] = positive ? 0.55f + 0.2f * i : -2.45f + 0.4f * i;
    }
    float[] dy = new Data(1).signed(x.length);
    double[] ys = ReferenceUnary.forward(op, Numbers.doubles(x));
    try (Bench bench = bench()) {
      Operand dx = bench.output("dx", x.length);
      backend()
          .unaryBackward(
              op,
              x.length,
              op.backwardNeedsInput() ? bench.input(x) : null,
              op.backwardNeedsOutput() ? bench.input(Numbers.floats(ys)) : null,
              bench.input(dy),
              0,
              dx.buffer());
      expect(dx, differences(at -> ReferenceUnary.forward(op, at), x, dy));
    }
  }

  static Stream<ConvSpec> convolutions() {
    return ConvSuite.convolutions()
        .filter(s -> s.inputShape().size() <= 500 && s.weightShape().size() <= 300)
        .limit(20);
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolution(ConvSpec s) {
    Data data = new Data(2);
    float[] x = data.signed(s.inputShape().size());
    float[] w = data.signed(s.weightShape().size());
    float[] dy = data.signed(s.outputShape().size());
    try (Bench bench = bench()) {
      Operand dx = bench.output("dx", x.length);
      backend().convBackwardData(s, bench.input(dy), bench.input(w), 0, dx.buffer());
      double[] ws = Numbers.doubles(w);
      expect(dx, differences(at -> ReferenceConv.forward(s, at, ws, null), x, dy));
      Operand dw = bench.output("dw", w.length);
      backend().convBackwardFilter(s, bench.input(x), bench.input(dy), 0, dw.buffer());
      double[] xs = Numbers.doubles(x);
      expect(dw, differences(at -> ReferenceConv.forward(s, xs, at, null), w, dy));
    }
  }

  static Stream<PoolSpec> poolings() {
    return PoolSuite.poolings().filter(s -> s.inputShape().size() <= 700);
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void pooling(PoolSpec s) {
    Data data = new Data(3);
    float[] x = data.signed(s.inputShape().size());
    float[] dy = data.signed(s.outputShape().size());
    try (Bench bench = bench()) {
      var in = bench.input(x);
      Operand y = bench.output("y", dy.length);
      long reserveSize = backend().poolReserveSize(s);
      var reserve = reserveSize == 0 ? null : bench.intOutput("reserve", reserveSize).buffer();
      backend().pool(s, in, y.buffer(), reserve);
      Operand dx = bench.output("dx", x.length);
      backend().poolBackward(s, in, y.buffer(), reserve, bench.input(dy), 0, dx.buffer());
      expect(dx, differences(at -> ReferencePool.forward(s, at), x, dy));
    }
  }

  /** A batch normalisation of an input, with a factor and a shift for each channel. */
  private interface Normalisation {
    ReferenceBatchNorm.Result of(double[] x, double[] gamma, double[] shift);
  }

  @ParameterizedTest
  @MethodSource("norms")
  void batchNormalisation(BatchNormSpec s) {
    Data data = new Data(4);
    float[] x = data.signed(s.count() * s.channels());
    float[] dy = data.signed(x.length);
    float[] gamma = data.signed(s.channels());
    float[] shift = data.signed(s.channels());
    float[] mean = data.signed(s.channels());
    float[] var = data.between(s.channels(), 0.5, 2);
    for (boolean train : new boolean[] {true, false}) {
      double[][] in = {Numbers.doubles(x), Numbers.doubles(gamma), Numbers.doubles(shift)};
      Normalisation forward =
          (xs, gs, bs) ->
              train
                  ? ReferenceBatchNorm.train(s, xs, gs, bs)
                  : ReferenceBatchNorm.infer(
                      s, xs, gs, bs, Numbers.doubles(mean), Numbers.doubles(var));
      ReferenceBatchNorm.Result r = forward.of(in[0], in[1], in[2]);
      try (Bench bench = bench()) {
        Operand dx = bench.output("dx", x.length);
        Operand dGamma = bench.output("dGamma", gamma.length);
        Operand dShift = bench.output("dShift", shift.length);
        backend()
            .batchNormBackward(
                s,
                train,
                bench.input(x),
                bench.input(gamma),
                bench.input(Numbers.floats(r.mean())),
                bench.input(Numbers.floats(r.invStd())),
                bench.input(dy),
                0,
                dx.buffer(),
                0,
                dGamma.buffer(),
                0,
                dShift.buffer());
        expect(dx, differences(at -> forward.of(at, in[1], in[2]).y(), x, dy));
        expect(dGamma, differences(at -> forward.of(in[0], at, in[2]).y(), gamma, dy));
        expect(dShift, differences(at -> forward.of(in[0], in[1], at).y(), shift, dy));
      }
    }
  }

  static Stream<BatchNormSpec> norms() {
    return Stream.of(
        new BatchNormSpec(7, 3, 1, 1e-3f),
        new BatchNormSpec(3, 2, 5, 1e-3f),
        new BatchNormSpec(1, 3, 13, 1e-3f));
  }

  static Stream<NormSpec> rowNorms() {
    return Stream.of(
        new NormSpec(3, 1, 7, 1, true, 1e-3f),
        new NormSpec(3, 1, 7, 1, false, 1e-3f),
        new NormSpec(4, 2, 3, 1, true, 1e-3f),
        new NormSpec(4, 2, 3, 5, true, 1e-3f));
  }

  @ParameterizedTest
  @MethodSource("rowNorms")
  void rowNormalisation(NormSpec s) {
    Data data = new Data(8);
    float[] x = data.signed(s.count());
    float[] dy = data.signed(s.count());
    float[] gamma = data.signed(s.parameters());
    float[] shift = data.signed(s.parameters());
    double[] xs = Numbers.doubles(x);
    double[] gs = Numbers.doubles(gamma);
    double[] bs = Numbers.doubles(shift);
    ReferenceNorm.Result r = ReferenceNorm.forward(s, xs, gs, bs);
    try (Bench bench = bench()) {
      Operand dx = bench.output("dx", x.length);
      Operand dGamma = bench.output("dGamma", gamma.length);
      Operand dShift = bench.output("dShift", shift.length);
      backend()
          .normBackward(
              s,
              bench.input(x),
              bench.input(gamma),
              s.centered() ? bench.input(Numbers.floats(r.mean())) : null,
              bench.input(Numbers.floats(r.invStd())),
              bench.input(dy),
              0,
              dx.buffer(),
              0,
              dGamma.buffer(),
              0,
              dShift.buffer());
      expect(dx, differences(at -> ReferenceNorm.forward(s, at, gs, bs).y(), x, dy));
      expect(dGamma, differences(at -> ReferenceNorm.forward(s, xs, at, bs).y(), gamma, dy));
      expect(dShift, differences(at -> ReferenceNorm.forward(s, xs, gs, at).y(), shift, dy));
    }
  }

  static Stream<LrnSpec> localResponses() {
    return Stream.of(
        new LrnSpec(2, 7, 3, 5, 0.7f, 0.75f, 2),
        new LrnSpec(2, 5, 3, 2, 1, 0.5f, 1),
        new LrnSpec(1, 3, 1, 7, 1, 1.5f, 1));
  }

  @ParameterizedTest
  @MethodSource("localResponses")
  void localResponse(LrnSpec s) {
    Data data = new Data(9);
    float[] x = data.signed(s.count());
    float[] dy = data.signed(s.count());
    float[] y = Numbers.floats(ReferenceLrn.forward(s, Numbers.doubles(x)));
    try (Bench bench = bench()) {
      Operand dx = bench.output("dx", x.length);
      backend().lrnBackward(s, bench.input(x), bench.input(y), bench.input(dy), 0, dx.buffer());
      expect(dx, differences(at -> ReferenceLrn.forward(s, at), x, dy));
    }
  }

  @Test
  void embedding() {
    EmbeddingSpec s = new EmbeddingSpec(5, 3, 7, -1);
    int[] indices = {4, 1, 0, 4, 4, 2, 1};
    float[] table = new Data(10).signed(s.tableSize());
    float[] dy = new Data(11).signed(s.outputSize());
    try (Bench bench = bench()) {
      Operand dTable = bench.output("dTable", table.length);
      backend().embeddingBackward(s, bench.input(indices), bench.input(dy), 0, dTable.buffer());
      expect(dTable, differences(at -> ReferenceEmbedding.forward(s, indices, at), table, dy));
    }
  }

  static Stream<SoftmaxSpec> softmaxes() {
    return Stream.of(new AxisSpec(3, 7, 1), new AxisSpec(2, 3, 5))
        .flatMap(axis -> Stream.of(new SoftmaxSpec(axis, false), new SoftmaxSpec(axis, true)));
  }

  @ParameterizedTest
  @MethodSource("softmaxes")
  void softmax(SoftmaxSpec s) {
    Data data = new Data(5);
    float[] x = data.between(s.axis().size(), -2, 2);
    float[] dy = data.signed(x.length);
    float[] y = Numbers.floats(ReferenceSoftmax.forward(s, Numbers.doubles(x)));
    try (Bench bench = bench()) {
      Operand dx = bench.output("dx", x.length);
      backend().softmaxBackward(s, bench.input(y), bench.input(dy), 0, dx.buffer());
      expect(dx, differences(at -> ReferenceSoftmax.forward(s, at), x, dy));
    }
  }

  @ParameterizedTest
  @EnumSource
  void crossEntropy(Reduction reduction) {
    Data data = new Data(6);
    CrossEntropySpec s = new CrossEntropySpec(3, 5, 2, 1, 0.2f, reduction);
    float[] logits = data.between(30, -2, 2);
    int[] targets = {0, 1, 2, 3, 4, 1};
    float[] probabilities = data.probabilities(3, 5, 2);
    float[] weight = data.between(5, 0.3, 2);
    double[] ws = Numbers.doubles(weight);
    double[] ps = Numbers.doubles(probabilities);
    float[] ones = new float[reduction == Reduction.NONE ? 6 : 1];
    Arrays.fill(ones, 1);
    try (Bench bench = bench()) {
      var x = bench.input(logits);
      var w = bench.input(weight);
      Operand loss = bench.output("loss", ones.length);
      Operand grad = bench.output("grad", logits.length);
      backend().crossEntropy(s, x, bench.input(targets), w, loss.buffer(), grad.buffer());
      expect(
          grad,
          differences(at -> ReferenceLoss.crossEntropy(s, at, targets, ws).loss(), logits, ones));
      backend()
          .crossEntropyProbabilities(
              s, x, bench.input(probabilities), w, loss.buffer(), grad.buffer());
      expect(
          grad,
          differences(
              at -> ReferenceLoss.crossEntropyProbabilities(s, at, ps, ws).loss(), logits, ones));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pointwiseLoss(PointwiseLossSpec.Kind kind) {
    Data data = new Data(7);
    int n = 9;
    boolean logits = kind == PointwiseLossSpec.Kind.BCE_WITH_LOGITS;
    float[] x = data.between(n, 0.55, 0.95);
    float[] target = data.between(n, 0.05, 0.45);
    float[] weight = data.between(n, 0.3, 2);
    float[] posWeight = data.between(n, 0.3, 2);
    double[] ts = Numbers.doubles(target);
    double[] ws = Numbers.doubles(weight);
    double[] ps = Numbers.doubles(posWeight);
    for (Reduction reduction : Reduction.values()) {
      PointwiseLossSpec s = new PointwiseLossSpec(kind, n, reduction);
      float[] ones = new float[reduction == Reduction.NONE ? n : 1];
      Arrays.fill(ones, 1);
      try (Bench bench = bench()) {
        Operand loss = bench.output("loss", ones.length);
        Operand grad = bench.output("grad", n);
        backend()
            .pointwiseLoss(
                s,
                bench.input(x),
                bench.input(target),
                bench.input(weight),
                logits ? bench.input(posWeight) : null,
                loss.buffer(),
                grad.buffer());
        expect(
            grad,
            differences(
                at -> ReferenceLoss.pointwise(s, at, ts, ws, logits ? ps : null).loss(), x, ones));
      }
    }
  }
}

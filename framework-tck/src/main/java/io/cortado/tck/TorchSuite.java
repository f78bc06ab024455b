package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.reference.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PyTorch 1.13.1 gave for the same inputs: the second oracle. */
public abstract class TorchSuite extends BackendSuite {

  /** For subclasses. */
  protected TorchSuite() {}

  /** For values around 1; the cases are small. */
  private static final Tolerance AS_TORCH = new Tolerance("as PyTorch", 1e-5);

  private static void expect(Operand actual, float[] recorded) {
    actual.expect(Expected.within(1, Numbers.doubles(recorded)), AS_TORCH);
  }

  static Stream<Case> conv() {
    return TorchFixtures.cases("conv");
  }

  @ParameterizedTest
  @MethodSource("conv")
  void convolution(Case c) {
    int[] i = c.ints("ints");
    ConvSpec s =
        new ConvSpec(
            i[0],
            i[1],
            i[2],
            i[3],
            i[4],
            i[5],
            i[6],
            i[7],
            i[8],
            i[9],
            i[10],
            i[11],
            i[12],
            i[13],
            UnaryOp.IDENTITY);
    try (Bench bench = bench()) {
      Buffer x = bench.input(c.floats("x"));
      Buffer w = bench.input(c.floats("w"));
      Buffer dy = bench.input(c.floats("dy"));
      Operand y = bench.output("y", s.outputShape().size());
      backend().conv(s, x, w, bench.input(c.floats("bias")), y.buffer());
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", s.inputShape().size());
      backend().convBackwardData(s, dy, w, 0, dx.buffer());
      expect(dx, c.floats("dx"));
      Operand dw = bench.output("dw", s.weightShape().size());
      backend().convBackwardFilter(s, x, dy, 0, dw.buffer());
      expect(dw, c.floats("dw"));
      Operand dbias = bench.output("dbias", s.k());
      ReduceSpec sum = new ReduceSpec(ReduceOp.SUM, s.outputShape(), Shape.of(1, s.k(), 1, 1));
      backend().reduce(sum, dy, 0, dbias.buffer());
      expect(dbias, c.floats("dbias"));
    }
  }

  static Stream<Case> pool() {
    return TorchFixtures.cases("pool");
  }

  @ParameterizedTest
  @MethodSource("pool")
  void pooling(Case c) {
    int[] i = c.ints("ints");
    PoolSpec s =
        new PoolSpec(
            PoolSpec.Mode.values()[i[0]],
            i[1],
            i[2],
            i[3],
            i[4],
            i[5],
            i[6],
            i[7],
            i[8],
            i[9],
            i[10],
            i[11],
            i[12],
            i[13],
            i[14],
            i[15] == 1);
    try (Bench bench = bench()) {
      Buffer x = bench.input(c.floats("x"));
      Operand y = bench.output("y", s.outputShape().size());
      long reserveSize = backend().poolReserveSize(s);
      @Nullable Buffer reserve =
          reserveSize == 0 ? null : bench.intOutput("reserve", reserveSize).buffer();
      backend().pool(s, x, y.buffer(), reserve);
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", s.inputShape().size());
      backend()
          .poolBackward(s, x, y.buffer(), reserve, bench.input(c.floats("dy")), 0, dx.buffer());
      expect(dx, c.floats("dx"));
    }
  }

  static Stream<Case> batchNorm() {
    return TorchFixtures.cases("batch_norm");
  }

  @ParameterizedTest
  @MethodSource("batchNorm")
  void batchNormalisation(Case c) {
    BatchNormSpec s = new BatchNormSpec(c.setting(0), c.setting(1), c.setting(2), c.factor(0));
    boolean train = c.setting(3) == 1;
    try (Bench bench = bench()) {
      Buffer x = bench.input(c.floats("x"));
      @Nullable Buffer gamma = bench.inputOrNull(c.floatsOrNull("gamma"));
      @Nullable Buffer shift = bench.inputOrNull(c.floatsOrNull("shift"));
      Operand mean = bench.inPlace("running mean", c.floats("mean"));
      Operand var = bench.inPlace("running var", c.floats("var"));
      Operand y = bench.output("y", c.floats("y").length);
      Operand saveMean = bench.output("saveMean", s.channels());
      Operand saveInvStd = bench.output("saveInvStd", s.channels());
      if (train) {
        backend()
            .batchNormTrain(
                s,
                c.factor(1),
                x,
                gamma,
                shift,
                mean.buffer(),
                var.buffer(),
                y.buffer(),
                saveMean.buffer(),
                saveInvStd.buffer());
      } else {
        backend()
            .batchNormInfer(
                s, x, gamma, shift, mean.buffer(), var.buffer(), y.buffer(), saveInvStd.buffer());
      }
      expect(y, c.floats("y"));
      expect(mean, c.floats("new_mean"));
      expect(var, c.floats("new_var"));
      Operand dx = bench.output("dx", c.floats("dx").length);
      Operand dGamma = bench.output("dGamma", s.channels());
      Operand dShift = bench.output("dShift", s.channels());
      backend()
          .batchNormBackward(
              s,
              train,
              x,
              gamma,
              train ? saveMean.buffer() : mean.buffer(),
              saveInvStd.buffer(),
              bench.input(c.floats("dy")),
              0,
              dx.buffer(),
              0,
              dGamma.buffer(),
              0,
              dShift.buffer());
      expect(dx, c.floats("dx"));
      if (gamma != null) {
        expect(dGamma, c.floats("dgamma"));
        expect(dShift, c.floats("dshift"));
      }
    }
  }

  static Stream<Case> norms() {
    return TorchFixtures.cases("norm");
  }

  @ParameterizedTest
  @MethodSource("norms")
  void rowNormalisation(Case c) {
    NormSpec s =
        new NormSpec(
            c.setting(0), c.setting(1), c.setting(2), c.setting(3), c.setting(4) == 1, c.factor(0));
    try (Bench bench = bench()) {
      Buffer x = bench.input(c.floats("x"));
      @Nullable Buffer gamma = bench.inputOrNull(c.floatsOrNull("gamma"));
      @Nullable Buffer shift = bench.inputOrNull(c.floatsOrNull("shift"));
      @Nullable Buffer mean = s.centered() ? bench.output("mean", s.rows()).buffer() : null;
      Operand invStd = bench.output("invStd", s.rows());
      Operand y = bench.output("y", s.count());
      backend().norm(s, x, gamma, shift, y.buffer(), mean, invStd.buffer());
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", s.count());
      Operand dGamma = bench.output("dGamma", s.parameters());
      Operand dShift = bench.output("dShift", s.parameters());
      backend()
          .normBackward(
              s,
              x,
              gamma,
              mean,
              invStd.buffer(),
              bench.input(c.floats("dy")),
              0,
              dx.buffer(),
              0,
              dGamma.buffer(),
              0,
              dShift.buffer());
      expect(dx, c.floats("dx"));
      if (gamma != null) {
        expect(dGamma, c.floats("dgamma"));
      }
      if (shift != null) {
        expect(dShift, c.floats("dshift"));
      }
    }
  }

  static Stream<Case> localResponses() {
    return TorchFixtures.cases("lrn");
  }

  @ParameterizedTest
  @MethodSource("localResponses")
  void localResponse(Case c) {
    LrnSpec s =
        new LrnSpec(
            c.setting(0),
            c.setting(1),
            c.setting(2),
            c.setting(3),
            c.factor(0),
            c.factor(1),
            c.factor(2));
    try (Bench bench = bench()) {
      Buffer x = bench.input(c.floats("x"));
      Operand y = bench.output("y", s.count());
      backend().lrn(s, x, y.buffer());
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", s.count());
      backend().lrnBackward(s, x, y.buffer(), bench.input(c.floats("dy")), 0, dx.buffer());
      expect(dx, c.floats("dx"));
    }
  }

  static Stream<Case> embeddings() {
    return TorchFixtures.cases("embedding");
  }

  @ParameterizedTest
  @MethodSource("embeddings")
  void embedding(Case c) {
    EmbeddingSpec s = new EmbeddingSpec(c.setting(0), c.setting(1), c.setting(2), c.setting(3));
    try (Bench bench = bench()) {
      Buffer indices = bench.input(c.ints("indices"));
      Operand y = bench.output("y", s.outputSize());
      backend().embedding(s, indices, bench.input(c.floats("table")), y.buffer());
      expect(y, c.floats("y"));
      Operand dTable = bench.output("dTable", s.tableSize());
      backend().embeddingBackward(s, indices, bench.input(c.floats("dy")), 0, dTable.buffer());
      expect(dTable, c.floats("dtable"));
    }
  }

  static Stream<Case> crossEntropies() {
    return TorchFixtures.cases("cross_entropy");
  }

  @ParameterizedTest
  @MethodSource("crossEntropies")
  void crossEntropy(Case c) {
    CrossEntropySpec s =
        new CrossEntropySpec(
            c.setting(0),
            c.setting(1),
            c.setting(2),
            c.setting(3),
            c.factor(0),
            Reduction.values()[c.setting(4)]);
    try (Bench bench = bench()) {
      Buffer logits = bench.input(c.floats("logits"));
      @Nullable Buffer weight = bench.inputOrNull(c.floatsOrNull("weight"));
      Operand loss = bench.output("loss", c.floats("loss").length);
      Operand grad = bench.output("grad", c.floats("grad").length);
      float @Nullable [] probabilities = c.floatsOrNull("target");
      if (probabilities == null) {
        Buffer target = bench.input(c.ints("target"));
        backend().crossEntropy(s, logits, target, weight, loss.buffer(), grad.buffer());
      } else {
        backend()
            .crossEntropyProbabilities(
                s, logits, bench.input(probabilities), weight, loss.buffer(), grad.buffer());
      }
      expect(loss, c.floats("loss"));
      expect(grad, c.floats("grad"));
    }
  }

  static Stream<Case> pointwiseLosses() {
    return TorchFixtures.cases("pointwise");
  }

  @ParameterizedTest
  @MethodSource("pointwiseLosses")
  void pointwiseLoss(Case c) {
    float[] x = c.floats("x");
    PointwiseLossSpec s =
        new PointwiseLossSpec(
            PointwiseLossSpec.Kind.values()[c.setting(0)],
            x.length,
            Reduction.values()[c.setting(1)]);
    try (Bench bench = bench()) {
      Operand loss = bench.output("loss", c.floats("loss").length);
      Operand grad = bench.output("grad", x.length);
      backend()
          .pointwiseLoss(
              s,
              bench.input(x),
              bench.input(c.floats("target")),
              bench.inputOrNull(c.floatsOrNull("weight")),
              bench.inputOrNull(c.floatsOrNull("pos_weight")),
              loss.buffer(),
              grad.buffer());
      expect(loss, c.floats("loss"));
      expect(grad, c.floats("grad"));
    }
  }

  static Stream<Case> functions() {
    return TorchFixtures.cases("functions");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function(Case c) {
    UnaryOp op = new UnaryOp(UnaryOp.Kind.valueOf(c.name()), c.factor(0), c.factor(1));
    float[] xs = c.floats("x");
    try (Bench bench = bench()) {
      Buffer x = bench.input(xs);
      Operand y = bench.output("y", xs.length);
      backend().unary(op, xs.length, x, y.buffer());
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", xs.length);
      backend()
          .unaryBackward(
              op,
              xs.length,
              op.backwardNeedsInput() ? x : null,
              op.backwardNeedsOutput() ? y.buffer() : null,
              bench.input(c.floats("dy")),
              0,
              dx.buffer());
      expect(dx, c.floats("dx"));
    }
  }

  static Stream<Case> softmaxes() {
    return TorchFixtures.cases("softmax");
  }

  @ParameterizedTest
  @MethodSource("softmaxes")
  void softmax(Case c) {
    AxisSpec axis = new AxisSpec(c.setting(0), c.setting(1), c.setting(2));
    SoftmaxSpec s = new SoftmaxSpec(axis, c.setting(3) == 1);
    try (Bench bench = bench()) {
      Operand y = bench.output("y", axis.size());
      backend().softmax(s, bench.input(c.floats("x")), y.buffer());
      expect(y, c.floats("y"));
      Operand dx = bench.output("dx", axis.size());
      backend().softmaxBackward(s, y.buffer(), bench.input(c.floats("dy")), 0, dx.buffer());
      expect(dx, c.floats("dx"));
    }
  }

  static Stream<Case> optimizers() {
    return TorchFixtures.cases("optimizers");
  }

  /**
   * The kit's floats for 0.9 and 0.999 differ from PyTorch's doubles, hence a wider bound, of what
   * was walked.
   */
  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizer(Case c) {
    boolean adam = c.setting(0) == 1;
    boolean flag = c.setting(1) == 1;
    float lr = c.factor(0);
    float[] start = c.floats("start");
    int n = start.length;
    int steps = c.floats("grads").length / n;
    try (Bench bench = bench()) {
      Operand param = bench.inPlace("param", start);
      Operand first = bench.inPlace("momentum or m", new float[n]);
      Operand second = bench.inPlace("v", new float[n]);
      for (int step = 1; step <= steps; step++) {
        Buffer grad = bench.input(row(c.floats("grads"), step, n));
        if (adam) {
          AdamSpec s =
              new AdamSpec(
                  n, decimal(c.factor(1)), decimal(c.factor(2)), c.factor(3), c.factor(4), flag);
          backend()
              .adam(
                  s,
                  bench.input(OptimizerSuite.hyper(s, lr)),
                  OptimizerSuite.number(bench, step),
                  null,
                  param.buffer(),
                  grad,
                  first.buffer(),
                  second.buffer());
        } else {
          SgdSpec s = new SgdSpec(n, c.factor(1), c.factor(2), c.factor(3), flag);
          backend()
              .sgd(
                  s,
                  bench.input(new float[] {lr}),
                  OptimizerSuite.number(bench, step),
                  null,
                  param.buffer(),
                  grad,
                  s.momentum() == 0 ? null : first.buffer());
        }
        expect(param, row(c.floats("params"), step, n));
      }
    }
  }

  private static float[] row(float[] rows, int step, int n) {
    return Arrays.copyOfRange(rows, (step - 1) * n, step * n);
  }

  /**
   * Returns the double that the shortest decimal of a float names: 0.999 and not the float nearest
   * to it.
   */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  static Stream<Case> rnn() {
    return TorchFixtures.cases("rnn");
  }

  @ParameterizedTest
  @MethodSource("rnn")
  void recurrentLayer(Case c) {
    int[] i = c.ints("ints");
    RnnSpec.Kind kind = RnnSpec.Kind.values()[i[0]];
    boolean lstm = kind == RnnSpec.Kind.LSTM;
    RnnLayerSpec s = new RnnLayerSpec(kind, i[1], i[2], i[3], i[4], i[5], true, i[6] == 1);
    try (Bench bench = bench()) {
      Operand y = bench.output("y", s.outputSize());
      Operand hn = bench.output("hn", s.statesSize());
      Operand cn = bench.output("cn", s.statesSize());
      Operand dx = bench.output("dx", s.inputSize());
      Operand dh0 = bench.output("dh0", s.statesSize());
      Operand dc0 = bench.output("dc0", s.statesSize());
      Buffer x = bench.input(c.floats("x"));
      Buffer h0 = bench.input(c.floats("h0"));
      @Nullable Buffer c0 = lstm ? bench.input(c.floats("c0")) : null;
      @Nullable Buffer lengths = s.lengths() ? bench.input(c.ints("lengths")) : null;
      List<RnnWeights> w = new ArrayList<>();
      for (int d = 0; d < s.directions(); d++) {
        w.add(
            new RnnWeights(
                bench.input(c.floats("weight_ih" + d)),
                bench.input(c.floats("weight_hh" + d)),
                bench.input(c.floats("bias_ih" + d)),
                bench.input(c.floats("bias_hh" + d))));
      }
      Buffer reserve = bench.output("reserve", backend().rnnLayerReserveSize(s)).buffer();
      backend()
          .rnnLayer(
              s,
              lengths,
              x,
              h0,
              c0,
              w,
              y.buffer(),
              hn.buffer(),
              lstm ? cn.buffer() : null,
              reserve);
      backend()
          .rnnLayerBackwardData(
              s,
              lengths,
              y.buffer(),
              bench.input(c.floats("dy")),
              h0,
              c0,
              bench.input(c.floats("dhn")),
              lstm ? bench.input(c.floats("dcn")) : null,
              w,
              reserve,
              0,
              dx.buffer(),
              0,
              dh0.buffer(),
              0,
              lstm ? dc0.buffer() : null);
      recurrentWeights(c, s, bench, x, h0, y.buffer(), reserve);
      expect(y, c.floats("y"));
      expect(hn, c.floats("hn"));
      expect(dx, c.floats("dx"));
      expect(dh0, c.floats("dh0"));
      if (lstm) {
        expect(cn, c.floats("cn"));
        expect(dc0, c.floats("dc0"));
      }
    }
  }

  private void recurrentWeights(
      Case c, RnnLayerSpec s, Bench bench, Buffer x, Buffer h0, Buffer y, Buffer reserve) {
    List<Operand[]> outputs = new ArrayList<>();
    List<RnnGradients> gradients = new ArrayList<>();
    for (int d = 0; d < s.directions(); d++) {
      Operand dIh = bench.output("dIh", (long) s.width() * s.input());
      Operand dHh = bench.output("dHh", (long) s.width() * s.hidden());
      Operand dBiasIh = bench.output("dBiasIh", s.width());
      Operand dBiasHh = bench.output("dBiasHh", s.width());
      outputs.add(new Operand[] {dIh, dHh, dBiasIh, dBiasHh});
      gradients.add(
          new RnnGradients(
              0, dIh.buffer(), 0, dHh.buffer(), 0, dBiasIh.buffer(), 0, dBiasHh.buffer()));
    }
    backend().rnnLayerBackwardWeights(s, x, h0, y, reserve, gradients);
    String[] names = {"dweight_ih", "dweight_hh", "dbias_ih", "dbias_hh"};
    for (int d = 0; d < s.directions(); d++) {
      for (int i = 0; i < names.length; i++) {
        expect(outputs.get(d)[i], c.floats(names[i] + d));
      }
    }
  }
}

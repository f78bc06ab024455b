package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.TensorOperations;
import io.cortado.autograd.Arithmetic;
import io.cortado.autograd.Attention;
import io.cortado.autograd.Autograd;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.Einsum;
import io.cortado.autograd.Embeddings;
import io.cortado.autograd.Extremes;
import io.cortado.autograd.Fused;
import io.cortado.autograd.Indexing;
import io.cortado.autograd.Layouts;
import io.cortado.autograd.LocalResponse;
import io.cortado.autograd.Losses;
import io.cortado.autograd.MatMul;
import io.cortado.autograd.Normalization;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.autograd.Normalization.Running;
import io.cortado.autograd.Ordering;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Patches;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.Randoms;
import io.cortado.autograd.Recurrent;
import io.cortado.autograd.Reductions;
import io.cortado.autograd.Resampling;
import io.cortado.autograd.RowNormalization;
import io.cortado.autograd.SequenceLosses;
import io.cortado.autograd.Shaping;
import io.cortado.autograd.Softmax;
import io.cortado.autograd.Statistics;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every differentiable function of tensors, with inputs to try it at. */
final class AutogradCases {

  /** Where the first input lies; all others are signed. */
  enum Range {
    /** On both sides of 0. */
    SIGNED,
    /** From 1 up. */
    POSITIVE,
    /** Around a half. */
    PROBABILITY
  }

  /** A function of tensors. */
  interface Function {
    Tensor of(Tensor[] inputs);
  }

  /**
   * A function and its inputs' shapes.
   *
   * @param method which method it covers, as {@code Class.method}
   * @param details what is special about the case
   * @param range where the first input lies
   * @param function the function
   * @param shapes of the inputs, all of which it has a gradient for
   */
  record Case(String method, String details, Range range, Function function, List<Shape> shapes) {
    @Override
    public String toString() {
      return method + " " + details + shapes;
    }
  }

  /** The classes whose public static or instance methods make tensors from tensors. */
  static final List<Class<?>> CLASSES =
      List.of(
          Tensor.class,
          Arithmetic.class,
          Attention.class,
          Autograd.class,
          Convolution.class,
          Dropout.class,
          Einsum.class,
          Embeddings.class,
          Extremes.class,
          Fused.class,
          Indexing.class,
          Layouts.class,
          LocalResponse.class,
          Losses.class,
          MatMul.class,
          Normalization.class,
          Ordering.class,
          Padding.class,
          Patches.class,
          Pointwise.class,
          Pooling.class,
          Randoms.class,
          Recurrent.class,
          Reductions.class,
          Resampling.class,
          RowNormalization.class,
          SequenceLosses.class,
          Shaping.class,
          Softmax.class,
          Statistics.class,
          TensorOperations.class);

  /** Methods that give tensors but no gradient. */
  static final Set<String> NOT_DIFFERENTIABLE =
      Set.of(
          "Tensor.leaf",
          "Tensor.over",
          "Tensor.withKnownRange",
          "Tensor.requiresGrad",
          "Tensor.grad",
          "Tensor.detach",
          "Tensor.view",
          "Tensor.argmax",
          "TensorOperations.argmin",
          "TensorOperations.argsort",
          "TensorOperations.oneHot",
          "TensorOperations.stopGradient",
          "Attention.additive",
          "Attention.causalMask",
          "Autograd.stopGradient",
          "Autograd.straightThrough",
          "Randoms.uniform",
          "Randoms.normal",
          "Randoms.bernoulli",
          "Randoms.gumbel",
          "Randoms.randint",
          "Randoms.permutation",
          "Indexing.oneHot",
          "Reductions.argmin",
          "Reductions.argmax");

  private final List<Case> cases = new ArrayList<>();

  private AutogradCases() {}

  /** Returns all cases. */
  static List<Case> all() {
    AutogradCases c = new AutogradCases();
    c.tensorMethods();
    c.arithmetic();
    c.matrices();
    c.imageFunctions();
    c.shaping();
    c.normalisation();
    c.rowNormalisation();
    c.localResponse();
    c.embeddings();
    c.recurrent();
    c.losses();
    WindowCases.addTo(c);
    OperationCases.addTo(c);
    PointwiseCases.addTo(c);
    AttentionCases.addTo(c);
    return c.cases;
  }

  void add(String method, String details, Range range, Function f, Shape... shapes) {
    cases.add(new Case(method, details, range, f, List.of(shapes)));
  }

  private void add(String method, Function f, Shape... shapes) {
    add(method, "", Range.SIGNED, f, shapes);
  }

  private static Shape s(int... dims) {
    return Shape.of(dims);
  }

  private void tensorMethods() {
    Shape two = s(3, 5);
    add("Tensor.add", in -> in[0].add(in[1]), two, two);
    add("Tensor.add", in -> in[0].add(2), two);
    add("Tensor.sub", in -> in[0].sub(in[1]), two, two);
    add("Tensor.sub", in -> in[0].sub(2), two);
    add("Tensor.mul", in -> in[0].mul(in[1]), two, two);
    add("Tensor.mul", in -> in[0].mul(-3), two);
    add("Tensor.div", "", Range.POSITIVE, in -> in[1].div(in[0]), two, two);
    add("Tensor.div", in -> in[0].div(-3), two);
    add("Tensor.neg", in -> in[0].neg(), two);
    add("TensorOperations.exp", in -> in[0].exp(), two);
    add("TensorOperations.log", "", Range.POSITIVE, in -> in[0].log(), two);
    add("TensorOperations.sqrt", "", Range.POSITIVE, in -> in[0].sqrt(), two);
    add("TensorOperations.abs", in -> in[0].abs(), two);
    add("TensorOperations.square", in -> in[0].square(), two);
    add("TensorOperations.reciprocal", "", Range.POSITIVE, in -> in[0].reciprocal(), two);
    add("TensorOperations.pow", "", Range.POSITIVE, in -> in[0].pow(2.5f), two);
    add("TensorOperations.pow", "cube", Range.SIGNED, in -> in[0].pow(3), two);
    add("TensorOperations.clamp", in -> in[0].clamp(-0.12f, 0.09f), two);
    add("TensorOperations.relu", in -> in[0].relu(), two);
    add("TensorOperations.sigmoid", in -> in[0].sigmoid(), two);
    add("TensorOperations.tanh", in -> in[0].tanh(), two);
    add("TensorOperations.erf", in -> in[0].erf(), two);
    add("Tensor.softmax", in -> in[0].softmax(1), two);
    add("Tensor.logSoftmax", in -> in[0].logSoftmax(0), two);
    add("Tensor.matmul", in -> in[0].matmul(in[1]), s(3, 4), s(4, 2));
    add("Tensor.sum", in -> in[0].sum(), two);
    add("Tensor.sum", in -> in[0].sum(0, false), two);
    add("Tensor.mean", in -> in[0].mean(), two);
    add("Tensor.mean", in -> in[0].mean(1, true), two);
    add("Tensor.reshape", in -> in[0].reshape(5, 3), two);
    add("Tensor.flatten", in -> in[0].flatten(1), s(2, 3, 4));
    add("Tensor.permute", in -> in[0].permute(2, 0, 1), s(2, 3, 4));
    add("Tensor.transpose", in -> in[0].transpose(0, 1), two);
    add("Tensor.slice", in -> in[0].slice(1, 1, 4), two);
    add("Tensor.concat", in -> Tensor.concat(1, in[0], in[1]), s(2, 3), s(2, 2));
  }

  private void arithmetic() {
    UnarySuite.cases()
        .map(UnarySuite.Case::op)
        .distinct()
        .forEach(op -> {
          boolean positive =
              switch (op.kind()) {
                case LOG, SQRT, POW, RECIPROCAL -> true;
                default -> false;
              };
          Range range = positive ? Range.POSITIVE : Range.SIGNED;
          String name = op.kind() + " " + op.a() + " ";
          add("Arithmetic.unary", name, range, in -> Arithmetic.unary(op, in[0]), s(13));
        });
    for (BinaryOp op : BinaryOp.values()) {
      // The divisor is the first input, which can be kept away from 0.
      Function f = in -> Arithmetic.binary(op, in[1], in[0]);
      String name = op + " ";
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(3, 4), s(3, 4));
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(4), s(3, 4));
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(3, 4), s(3, 1));
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(2, 1, 4), s(3, 1));
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(3, 4), s());
      add("Arithmetic.binary", name, Range.POSITIVE, f, s(1), s(3, 4));
    }
    add("Arithmetic.binary", "x * x ", Range.SIGNED, in -> in[0].mul(in[0]), s(7));
    add("Arithmetic.binary", "x - x ", Range.SIGNED, in -> in[0].sub(in[0]), s(7));
    add("Arithmetic.binary", "x / x ", Range.POSITIVE, in -> in[0].div(in[0]), s(7));
    for (ReduceOp op : ReduceOp.values()) {
      add("Reductions.all", op + " ", Range.SIGNED, in -> Reductions.all(op, in[0]), s(3, 5));
      for (int axis = 0; axis < 3; axis++) {
        int a = axis;
        Function f = in -> Reductions.axis(op, in[0], a, a == 1);
        add("Reductions.axis", op + " of " + a + " ", Range.SIGNED, f, s(2, 3, 4));
      }
    }
  }

  private void matrices() {
    add("MatMul.matmul", in -> MatMul.matmul(in[0], in[1]), s(3, 5), s(5, 2));
    add("MatMul.matmul", in -> MatMul.matmul(in[0], in[1]), s(2, 3, 5), s(2, 5, 2));
    add("MatMul.matmul", in -> MatMul.matmul(in[0], in[1]), s(2, 3, 5), s(5, 2));
    add("MatMul.matmul", "a' a ", Range.SIGNED, in -> in[0].transpose(0, 1).matmul(in[0]), s(3, 4));
    for (UnaryOp act : List.of(UnaryOp.IDENTITY, UnaryOp.TANH, UnaryOp.SIGMOID)) {
      Function f = in -> MatMul.linear(in[0], in[1], in[2], act);
      add("MatMul.linear", act.kind() + " ", Range.SIGNED, f, s(3, 5), s(4, 5), s(4));
      add("MatMul.linear", act.kind() + " ", Range.SIGNED, f, s(2, 3, 5), s(4, 5), s(4));
    }
    Function noBias = in -> MatMul.linear(in[0], in[1], null, UnaryOp.IDENTITY);
    add("MatMul.linear", "without bias ", Range.SIGNED, noBias, s(3, 5), s(4, 5));
  }

  private void imageFunctions() {
    ConvSpec plain = ConvSuite.conv(1, 2, 4, 5, 3, 3, 3, 1, 1, 1, 1);
    List<ConvSpec> specs =
        List.of(
            plain,
            plain.withActivation(UnaryOp.TANH),
            ConvSuite.conv(2, 2, 5, 4, 4, 2, 3, 2, 1, 1, 2),
            ConvSuite.conv(1, 1, 6, 6, 2, 2, 2, 1, 0, 3, 1));
    for (ConvSpec s : specs) {
      String name = s.activation().kind() + " " + s.groups() + " groups ";
      Function f = in -> Convolution.conv2d(s, in[0], in[1], in[2]);
      Shape bias = s(s.k());
      add("Convolution.conv2d", name, Range.SIGNED, f, s.inputShape(), s.weightShape(), bias);
      Function noBias = in -> Convolution.conv2d(s, in[0], in[1], null);
      String without = name + "without bias ";
      add("Convolution.conv2d", without, Range.SIGNED, noBias, s.inputShape(), s.weightShape());
    }
    for (PoolSpec.Mode mode : PoolSpec.Mode.values()) {
      List<PoolSpec> pools =
          List.of(
              PoolSuite.windows(mode, 1, 2, 6, 4, 2, 2, 2, 0, 1, false),
              PoolSuite.windows(mode, 1, 1, 7, 6, 3, 2, 2, 1, 1, true),
              PoolSuite.adaptive(mode, 1, 2, 5, 7, 2, 3));
      for (PoolSpec s : pools) {
        Function f = in -> Pooling.pool2d(s, in[0]);
        String name = mode + (s.adaptive() ? " adaptive " : " ");
        add("Pooling.pool2d", name, Range.SIGNED, f, s.inputShape());
      }
    }
    for (float p : new float[] {0, 0.4f, 1}) {
      add("Dropout.dropout", p + " ", Range.SIGNED, in -> Dropout.dropout(in[0], p), s(5, 7));
    }
  }

  private void shaping() {
    add("Shaping.reshape", in -> Shaping.reshape(in[0], 4, -1), s(2, 3, 4));
    add("Shaping.flatten", in -> Shaping.flatten(in[0], 0), s(2, 3, 4));
    add("Shaping.permute", in -> Shaping.permute(in[0], 1, 2, 0), s(2, 3, 4));
    add("Shaping.permute", in -> Shaping.permute(in[0], 0, 3, 1, 2), s(2, 2, 3, 2));
    add("Shaping.transpose", in -> Shaping.transpose(in[0], 0, -1), s(2, 3, 4));
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      String name = "axis " + a + " ";
      add("Shaping.slice", name, Range.SIGNED, in -> Shaping.slice(in[0], a, 1, 2), s(2, 3, 4));
      Shape other = s(2, 3, 4).with(a, 2);
      Function joined = in -> Shaping.concat(a, in[0], in[1], in[0]);
      add("Shaping.concat", name, Range.SIGNED, joined, s(2, 3, 4), other);
    }
    Function overlapping = in -> in[0].slice(0, 0, 3).mul(in[0].slice(0, 2, 5));
    add("Shaping.slice", "overlapping ", Range.SIGNED, overlapping, s(5, 3));
  }

  private void normalisation() {
    // Large enough that a step of the differences is small beside the spread.
    float eps = 0.1f;
    float[] mean = {0.1f, -0.2f};
    float[] var = {0.5f, 1.5f};
    for (Shape x : List.of(s(5, 2), s(3, 2, 2, 2))) {
      add(
          "Normalization.batchNormTrain",
          in -> Normalization.batchNormTrain(in[0], new Affine(in[1], in[2]), null, 0.1f, eps),
          x,
          s(2),
          s(2));
      add(
          "Normalization.batchNormTrain",
          in -> Normalization.batchNormTrain(in[0], new Affine(null, null), null, 0.1f, eps),
          x);
      add(
          "Normalization.batchNormInfer",
          in -> {
            Device d = in[0].device();
            Running running = new Running(d.tensor(mean, 2), d.tensor(var, 2));
            return Normalization.batchNormInfer(in[0], new Affine(in[1], in[2]), running, eps);
          },
          x,
          s(2),
          s(2));
    }
    for (boolean log : new boolean[] {false, true}) {
      for (int axis = 0; axis < 3; axis++) {
        int a = axis;
        String name = (log ? "log " : "") + a + " ";
        Function f = in -> Softmax.softmax(in[0], a, log);
        add("Softmax.softmax", name, Range.SIGNED, f, s(2, 4, 3));
      }
    }
  }

  private void rowNormalisation() {
    float eps = 0.1f;
    Affine none = new Affine(null, null);
    for (Shape normalized : List.of(s(4), s(3, 4))) {
      Function layer =
          in -> RowNormalization.layerNorm(in[0], normalized, new Affine(in[1], in[2]), eps);
      add("RowNormalization.layerNorm", layer, s(2, 3, 4), normalized, normalized);
      Function plain = in -> RowNormalization.layerNorm(in[0], normalized, none, eps);
      add("RowNormalization.layerNorm", plain, s(2, 3, 4));
      Function rms = in -> RowNormalization.rmsNorm(in[0], normalized, in[1], eps);
      add("RowNormalization.rmsNorm", rms, s(2, 3, 4), normalized);
    }
    for (Shape x : List.of(s(2, 6), s(2, 6, 3))) {
      Function group = in -> RowNormalization.groupNorm(in[0], 3, new Affine(in[1], in[2]), eps);
      add("RowNormalization.groupNorm", group, x, s(6), s(6));
    }
    Function instance = in -> RowNormalization.groupNorm(in[0], 3, none, eps);
    add("RowNormalization.groupNorm", instance, s(2, 3, 2, 2));
  }

  /** All that a layer gives, and its final states alone. */
  private void recurrent() {
    for (RnnSpec.Kind kind : RnnSpec.Kind.values()) {
      boolean lstm = kind == RnnSpec.Kind.LSTM;
      int width = 2 * kind.gates();
      Shape[] one = {s(3, 2, 3), s(1, 2, 2), s(width, 3), s(width, 2), s(width), s(width)};
      add(
          "Recurrent.layer",
          kind + " ",
          Range.SIGNED,
          in -> {
            Recurrent.Weights w = new Recurrent.Weights(in[2], in[3], in[4], in[5]);
            Recurrent.Start start = new Recurrent.Start(in[1], lstm ? in[1] : null);
            Recurrent.Result r = Recurrent.layer(kind, in[0], null, start, List.of(w));
            return joined(r, true);
          },
          one);
      Shape[] two = {s(3, 2, 3), s(2, 2, 2), s(width, 3), s(width, 2), s(width, 3), s(width, 2)};
      for (boolean outputs : new boolean[] {true, false}) {
        add(
            "Recurrent.layer",
            kind + " both ways, lengths, " + (outputs ? "all " : "states "),
            Range.SIGNED,
            in -> {
              Recurrent.Weights w = new Recurrent.Weights(in[2], in[3], null, null);
              Recurrent.Weights back = new Recurrent.Weights(in[4], in[5], null, null);
              Tensor lengths = in[0].device().tensor(new int[] {2, 3}, 2);
              Recurrent.Start start = new Recurrent.Start(in[1], null);
              return joined(
                  Recurrent.layer(kind, in[0], lengths, start, List.of(w, back)), outputs);
            },
            two);
      }
    }
  }

  private static Tensor joined(Recurrent.Result r, boolean outputs) {
    Tensor h = r.h().flatten(0);
    Tensor states = r.c() == null ? h : Tensor.concat(0, h, r.c().flatten(0));
    return outputs ? Tensor.concat(0, r.y().flatten(0), states) : states;
  }

  private void localResponse() {
    for (int size : new int[] {1, 2, 3, 5}) {
      Function f = in -> LocalResponse.localResponseNorm(in[0], size, 2, 0.75f, 1.5f);
      add("LocalResponse.localResponseNorm", size + " ", Range.SIGNED, f, s(2, 4, 3));
    }
  }

  private void embeddings() {
    // The gradient that a padding row has not is no derivative: EmbeddingSuite looks at it.
    Function f =
        in -> {
          Tensor indices = in[0].device().tensor(new int[] {4, 1, 0, 4, 4, 2}, 2, 3);
          return Embeddings.embedding(indices, in[0], Embeddings.NO_PADDING);
        };
    add("Embeddings.embedding", f, s(5, 3));
  }

  private void losses() {
    for (Reduction reduction : Reduction.values()) {
      Function indices =
          in -> {
            Device d = in[0].device();
            Tensor target = d.tensor(new int[] {0, 3, -100, 1}, 4);
            Tensor weight = d.tensor(new float[] {0.5f, 1, 2, 1.5f, 0.7f}, 5);
            return Losses.crossEntropy(in[0], target, weight, -100, 0.1f, reduction);
          };
      String name = reduction + " ";
      add("Losses.crossEntropy", name + "indices ", Range.SIGNED, indices, s(4, 5));
      Function images =
          in -> {
            Tensor target = in[0].device().tensor(new int[] {0, 2, 1, 1, 2, 0}, 2, 3);
            return Losses.crossEntropy(in[0], target, null, -100, 0, reduction);
          };
      add("Losses.crossEntropy", name + "of images ", Range.SIGNED, images, s(2, 3, 3));
      float[] p = new Data(1).probabilities(4, 5, 1);
      Function probabilities =
          in ->
              Losses.crossEntropy(
                  in[0], in[0].device().tensor(p, 4, 5), null, -100, 0.2f, reduction);
      add("Losses.crossEntropy", name + "probabilities ", Range.SIGNED, probabilities, s(4, 5));
      pointwise(reduction);
    }
  }

  private void pointwise(Reduction reduction) {
    float[] target = {0, 1, 0.25f, 0.75f, 0.5f, 1};
    for (PointwiseLossSpec.Kind kind : PointwiseLossSpec.Kind.values()) {
      String name = kind.name();
      Range range = kind == PointwiseLossSpec.Kind.BCE ? Range.PROBABILITY : Range.SIGNED;
      boolean logits = kind == PointwiseLossSpec.Kind.BCE_WITH_LOGITS;
      Function f =
          in -> {
            Device d = in[0].device();
            Tensor weight = d.tensor(new float[] {0.5f, 1, 2}, 3);
            Tensor posWeight = logits ? d.tensor(new float[] {3, 0.5f, 1}, 3) : null;
            Tensor t = d.tensor(target, 2, 3);
            return Losses.pointwise(name, kind, in[0], t, weight, posWeight, reduction);
          };
      add("Losses.pointwise", kind + " " + reduction + " ", range, f, s(2, 3));
      if (kind == PointwiseLossSpec.Kind.MSE || kind == PointwiseLossSpec.Kind.L1) {
        Function both = in -> Losses.pointwise(name, kind, in[0], in[1], null, null, reduction);
        add("Losses.pointwise", kind + " " + reduction + " ", range, both, s(2, 3), s(2, 3));
      }
    }
  }

  /**
   * Returns inputs that are all different, none of them nearer than {@code gap / 2} to 0 or
   * another.
   */
  static float[][] inputs(Case c, float gap) {
    int total = c.shapes().stream().mapToInt(s -> (int) s.size()).sum();
    // Every 7th, 13th or 11th: a fixed shuffle.
    int stride = total % 7 != 0 ? 7 : total % 13 != 0 ? 13 : 11;
    float[][] inputs = new float[c.shapes().size()][];
    int next = 0;
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new float[(int) c.shapes().get(i).size()];
      for (int j = 0; j < inputs[i].length; j++) {
        int place = next++ * stride % total;
        float x = (place - total / 2 + 0.5f) * gap;
        inputs[i][j] =
            switch (i == 0 ? c.range() : Range.SIGNED) {
              case SIGNED -> x;
              case POSITIVE -> 1 + place * gap;
              case PROBABILITY -> 0.35f + place * gap;
            };
      }
    }
    return inputs;
  }
}

package io.cortado.benchmarks.roofline;

import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.List;

/** The calls of the backend seam behind {@link MemoryKernel}. */
final class MemoryKernels {

  private static final float EPS = 1e-5f;

  private MemoryKernels() {}

  private static Runnable unary(Operands o, UnaryOp op) {
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().unary(op, o.n(), x, y);
  }

  private static Runnable unaryBackward(Operands o, UnaryOp op) {
    Buffer y = o.numbers();
    Buffer dy = o.numbers();
    Buffer dx = o.numbers();
    return () -> o.backend().unaryBackward(op, o.n(), null, y, dy, 0, dx);
  }

  static Runnable relu(Operands o) {
    return unary(o, UnaryOp.RELU);
  }

  static Runnable reluBackward(Operands o) {
    return unaryBackward(o, UnaryOp.RELU);
  }

  static Runnable tanh(Operands o) {
    return unary(o, UnaryOp.TANH);
  }

  static Runnable tanhBackward(Operands o) {
    return unaryBackward(o, UnaryOp.TANH);
  }

  static Runnable sigmoid(Operands o) {
    return unary(o, UnaryOp.SIGMOID);
  }

  static Runnable erf(Operands o) {
    return unary(o, UnaryOp.ERF);
  }

  static Runnable exp(Operands o) {
    return unary(o, UnaryOp.EXP);
  }

  static Runnable log(Operands o) {
    return unary(o, UnaryOp.LOG);
  }

  static Runnable pow(Operands o) {
    return unary(o, UnaryOp.pow(2.5f));
  }

  private static Runnable binary(Operands o, BinarySpec spec, float beta) {
    Buffer a = o.numbers();
    Buffer b = o.numbers((int) spec.b().size());
    Buffer out = o.numbers();
    return () -> o.backend().binary(spec, a, b, beta, out);
  }

  static Runnable add(Operands o) {
    return binary(o, new BinarySpec(BinaryOp.ADD, o.shape(), o.shape(), o.shape()), 0);
  }

  static Runnable mulAccumulate(Operands o) {
    return binary(o, new BinarySpec(BinaryOp.MUL, o.shape(), o.shape(), o.shape()), 1);
  }

  static Runnable addRow(Operands o) {
    return binary(o, new BinarySpec(BinaryOp.ADD, o.shape(), Shape.of(o.cols()), o.shape()), 0);
  }

  private static Shape images(Operands o) {
    return Shape.of(o.images(), Operands.CHANNELS, o.pixels());
  }

  static Runnable addChannel(Operands o) {
    Shape bias = Shape.of(Operands.CHANNELS, 1);
    return binary(o, new BinarySpec(BinaryOp.ADD, images(o), bias, images(o)), 0);
  }

  static Runnable axpby(Operands o) {
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().axpby(o.n(), 1e-3f, x, 0.999f, y);
  }

  static Runnable copyBlock(Operands o) {
    CopySpec spec = new CopySpec(o.rows(), o.cols(), 0, o.cols(), 0, o.cols());
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().copyBlock(spec, x, 0, y);
  }

  private static Runnable permute(Operands o, PermuteSpec spec) {
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().permute(spec, x, 0, y);
  }

  static Runnable transpose(Operands o) {
    return permute(o, new PermuteSpec(o.shape(), List.of(1, 0)));
  }

  static Runnable permute(Operands o) {
    return permute(o, new PermuteSpec(images(o), List.of(0, 2, 1)));
  }

  private static Runnable reduce(Operands o, Shape in, Shape out) {
    ReduceSpec spec = new ReduceSpec(ReduceOp.SUM, in, out);
    Buffer x = o.numbers();
    Buffer y = o.numbers((int) out.size());
    return () -> o.backend().reduce(spec, x, 0, y);
  }

  static Runnable sum(Operands o) {
    return reduce(o, o.shape(), Shape.scalar());
  }

  static Runnable sumRows(Operands o) {
    return reduce(o, o.shape(), Shape.of(o.rows(), 1));
  }

  static Runnable sumColumns(Operands o) {
    return reduce(o, o.shape(), Shape.of(o.cols()));
  }

  static Runnable sumChannels(Operands o) {
    return reduce(o, images(o), Shape.of(Operands.CHANNELS, 1));
  }

  static Runnable argMax(Operands o) {
    AxisSpec spec = AxisSpec.of(o.shape(), 1);
    Buffer x = o.numbers();
    Buffer y = o.indices(o.rows(), 1);
    return () -> o.backend().argMax(spec, x, y);
  }

  private static Runnable softmax(Operands o, boolean log) {
    SoftmaxSpec spec = new SoftmaxSpec(AxisSpec.of(o.shape(), 1), log);
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().softmax(spec, x, y);
  }

  static Runnable softmax(Operands o) {
    return softmax(o, false);
  }

  static Runnable logSoftmax(Operands o) {
    return softmax(o, true);
  }

  static Runnable softmaxBackward(Operands o) {
    SoftmaxSpec spec = new SoftmaxSpec(AxisSpec.of(o.shape(), 1), false);
    Buffer y = o.numbers();
    Buffer dy = o.numbers();
    Buffer dx = o.numbers();
    return () -> o.backend().softmaxBackward(spec, y, dy, 0, dx);
  }

  static Runnable crossEntropy(Operands o) {
    CrossEntropySpec spec = new CrossEntropySpec(o.rows(), o.cols(), 1, -100, 0f, Reduction.MEAN);
    Buffer x = o.numbers();
    Buffer t = o.indices(o.rows(), o.cols());
    Buffer loss = o.numbers(1);
    Buffer grad = o.numbers();
    return () -> o.backend().crossEntropy(spec, x, t, null, loss, grad);
  }

  private static Runnable loss(Operands o, PointwiseLossSpec.Kind kind) {
    PointwiseLossSpec spec = new PointwiseLossSpec(kind, o.n(), Reduction.MEAN);
    Buffer x = o.numbers();
    Buffer t = o.numbers();
    Buffer loss = o.numbers(1);
    Buffer grad = o.numbers();
    return () -> o.backend().pointwiseLoss(spec, x, t, null, null, loss, grad);
  }

  static Runnable mse(Operands o) {
    return loss(o, PointwiseLossSpec.Kind.MSE);
  }

  static Runnable bce(Operands o) {
    return loss(o, PointwiseLossSpec.Kind.BCE);
  }

  static Runnable bceLogits(Operands o) {
    return loss(o, PointwiseLossSpec.Kind.BCE_WITH_LOGITS);
  }

  private static Runnable batchNorm(Operands o, BatchNormSpec spec) {
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    int c = spec.channels();
    Buffer gamma = o.numbers(c);
    Buffer mean = o.numbers(c);
    Buffer invStd = o.numbers(c);
    return () ->
        o.backend().batchNormTrain(spec, 0.1f, x, gamma, gamma, null, null, y, mean, invStd);
  }

  private static BatchNormSpec imageNorm(Operands o) {
    return new BatchNormSpec(o.images(), Operands.CHANNELS, o.pixels(), EPS);
  }

  static Runnable batchNorm(Operands o) {
    return batchNorm(o, imageNorm(o));
  }

  static Runnable batchNorm1d(Operands o) {
    return batchNorm(o, new BatchNormSpec(o.rows(), o.cols(), 1, EPS));
  }

  static Runnable batchNormBackward(Operands o) {
    BatchNormSpec spec = imageNorm(o);
    Buffer x = o.numbers();
    Buffer dy = o.numbers();
    Buffer dx = o.numbers();
    int c = spec.channels();
    Buffer gamma = o.numbers(c);
    Buffer mean = o.numbers(c);
    Buffer invStd = o.numbers(c);
    Buffer dGamma = o.numbers(c);
    Buffer dShift = o.numbers(c);
    return () ->
        o.backend()
            .batchNormBackward(spec, true, x, gamma, mean, invStd, dy, 0, dx, 0, dGamma, 0, dShift);
  }

  private static Runnable norm(Operands o, NormSpec spec) {
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    Buffer gamma = o.numbers(spec.parameters());
    Buffer mean = spec.centered() ? o.numbers(spec.rows()) : null;
    Buffer invStd = o.numbers(spec.rows());
    Buffer shift = spec.centered() ? gamma : null;
    return () -> o.backend().norm(spec, x, gamma, shift, y, mean, invStd);
  }

  private static Runnable normBackward(Operands o, NormSpec spec) {
    Buffer x = o.numbers();
    Buffer dy = o.numbers();
    Buffer dx = o.numbers();
    Buffer gamma = o.numbers(spec.parameters());
    Buffer mean = o.numbers(spec.rows());
    Buffer invStd = o.numbers(spec.rows());
    Buffer dGamma = o.numbers(spec.parameters());
    Buffer dShift = o.numbers(spec.parameters());
    return () ->
        o.backend().normBackward(spec, x, gamma, mean, invStd, dy, 0, dx, 0, dGamma, 0, dShift);
  }

  private static NormSpec layer(Operands o, boolean centered) {
    return new NormSpec(o.rows(), 1, o.cols(), 1, centered, EPS);
  }

  private static NormSpec groups(Operands o) {
    int groups = 8;
    return new NormSpec(
        o.images() * groups, groups, Operands.CHANNELS / groups, o.pixels(), true, EPS);
  }

  static Runnable layerNorm(Operands o) {
    return norm(o, layer(o, true));
  }

  static Runnable layerNormBackward(Operands o) {
    return normBackward(o, layer(o, true));
  }

  static Runnable rmsNorm(Operands o) {
    return norm(o, layer(o, false));
  }

  static Runnable groupNorm(Operands o) {
    return norm(o, groups(o));
  }

  static Runnable groupNormBackward(Operands o) {
    return normBackward(o, groups(o));
  }

  private static LrnSpec window(Operands o) {
    return new LrnSpec(o.images(), Operands.CHANNELS, o.pixels(), 5, 1e-4f, 0.75f, 2);
  }

  static Runnable lrn(Operands o) {
    LrnSpec spec = window(o);
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().lrn(spec, x, y);
  }

  static Runnable lrnBackward(Operands o) {
    LrnSpec spec = window(o);
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    Buffer dy = o.numbers();
    Buffer dx = o.numbers();
    return () -> o.backend().lrnBackward(spec, x, y, dy, 0, dx);
  }

  private static EmbeddingSpec table(Operands o) {
    return new EmbeddingSpec(o.rows(), o.cols(), o.rows(), -1);
  }

  static Runnable embedding(Operands o) {
    EmbeddingSpec spec = table(o);
    Buffer table = o.numbers();
    Buffer indices = o.indices(o.rows(), o.rows());
    Buffer y = o.numbers();
    return () -> o.backend().embedding(spec, indices, table, y);
  }

  static Runnable embeddingBackward(Operands o) {
    EmbeddingSpec spec = table(o);
    Buffer indices = o.indices(o.rows(), o.rows());
    Buffer dy = o.numbers();
    Buffer dTable = o.numbers();
    return () -> o.backend().embeddingBackward(spec, indices, dy, 1, dTable);
  }

  static Runnable dropout(Operands o) {
    RandomKey key = new RandomKey(42, 1, 2);
    Buffer step = o.words(5, 0);
    Buffer x = o.numbers();
    Buffer y = o.numbers();
    return () -> o.backend().dropout(key, step, 0.5f, o.n(), x, 0, y);
  }

  static Runnable sgd(Operands o) {
    SgdSpec spec = new SgdSpec(o.n(), 0.9f, 0, 0, false);
    Buffer step = o.words(5, 0);
    Buffer hyper = o.floats(1e-6f);
    Buffer param = o.numbers();
    Buffer grad = o.numbers();
    Buffer momentum = o.numbers();
    return () -> o.backend().sgd(spec, hyper, step, null, param, grad, momentum);
  }

  static Runnable adam(Operands o) {
    AdamSpec spec = new AdamSpec(o.n(), 0.9, 0.999, 1e-8f, 0, false);
    Buffer step = o.words(5, 0);
    Buffer hyper = o.floats(1e-6f, 1f);
    Buffer param = o.numbers();
    Buffer grad = o.numbers();
    Buffer m = o.numbers();
    Buffer v = o.numbers();
    return () -> o.backend().adam(spec, hyper, step, null, param, grad, m, v);
  }

  static Runnable clipNorm(Operands o) {
    Buffer x = o.numbers();
    Buffer norm = o.numbers(1);
    return () -> o.backend().clipNorm(o.n(), 1e9f, x, norm);
  }

  private static PoolSpec pairs(Operands o) {
    int side = 16;
    int images = o.n() / Operands.CHANNELS / (side * side);
    return new PoolSpec(
        PoolSpec.Mode.MAX,
        images,
        Operands.CHANNELS,
        side,
        side,
        side / 2,
        side / 2,
        2,
        2,
        2,
        2,
        0,
        0,
        1,
        1,
        false);
  }

  static Runnable maxPool(Operands o) {
    PoolSpec spec = pairs(o);
    Backend backend = o.backend();
    Buffer x = o.numbers();
    Buffer y = o.numbers(o.n() / 4);
    Buffer reserve = o.indices((int) backend.poolReserveSize(spec), 1);
    return () -> backend.pool(spec, x, y, reserve);
  }

  static Runnable maxPoolBackward(Operands o) {
    PoolSpec spec = pairs(o);
    Backend backend = o.backend();
    Buffer x = o.numbers();
    Buffer y = o.numbers(o.n() / 4);
    Buffer reserve = o.indices((int) backend.poolReserveSize(spec), 1);
    backend.pool(spec, x, y, reserve);
    Buffer dy = o.numbers(o.n() / 4);
    Buffer dx = o.numbers();
    return () -> backend.poolBackward(spec, x, y, reserve, dy, 0, dx);
  }
}

package io.cortado.cpu;

import io.cortado.DType;
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
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every operation of the backend that splits its work, over [rows, channels, 7, 5] numbers. */
final class Workload {

  private static final int CHANNELS = 13;
  private static final int INNER = 35;

  final Map<String, Runnable> operations = new LinkedHashMap<>();
  final List<Buffer> outputs = new ArrayList<>();
  private final Backend backend;

  Workload(Backend backend, int rows) {
    this.backend = backend;
    int n = rows * CHANNELS * INNER;
    Shape shape = Shape.of(rows, CHANNELS, 7, 5);
    Shape channels = Shape.of(CHANNELS, 1, 1);
    Buffer x = numbers(n, 1);
    Buffer g = numbers(n, 2);
    Buffer p = numbers(CHANNELS, 3);
    Buffer y = output(n);
    Buffer z = output(n);
    Buffer one = output(1);
    for (UnaryOp op :
        List.of(
            UnaryOp.TANH,
            UnaryOp.RELU,
            UnaryOp.EXP,
            UnaryOp.SIGMOID,
            UnaryOp.leakyRelu(0.1f),
            UnaryOp.ERF,
            UnaryOp.LECUN_TANH,
            UnaryOp.LOG)) {
      add(op.kind().toString(), () -> backend.unary(op, n, x, y));
      add(op.kind() + " backward", () -> backend.unaryBackward(op, n, x, y, g, 1, z));
    }
    for (BinaryOp op : BinaryOp.values()) {
      BinarySpec same = new BinarySpec(op, shape, shape, shape);
      BinarySpec right = new BinarySpec(op, shape, channels, shape);
      BinarySpec left = new BinarySpec(op, Shape.of(5), shape, shape);
      add(op + " same", () -> backend.binary(same, x, g, 0, y));
      add(op + " channel", () -> backend.binary(right, x, p, 1, y));
      add(op + " row", () -> backend.binary(left, p, x, 0, y));
    }
    add("axpby", () -> backend.axpby(n, 2, x, 0.5f, y));
    PermuteSpec permute = new PermuteSpec(shape, List.of(2, 1, 3, 0));
    add("permute", () -> backend.permute(permute, x, 1, y));
    CopySpec block =
        new CopySpec(rows, CHANNELS * INNER - 3, 1, CHANNELS * INNER, 2, CHANNELS * INNER);
    add("copyBlock", () -> backend.copyBlock(block, x, 0, z));
    for (Shape to : List.of(Shape.scalar(), channels, Shape.of(rows, 1, 1, 1), Shape.of(7, 5))) {
      ReduceSpec reduce = new ReduceSpec(ReduceOp.MEAN, shape, to);
      add("reduce to " + to, () -> backend.reduce(reduce, x, 0, z));
    }
    Buffer indices = backend.allocate(DType.INT32, n);
    for (int axis : new int[] {1, 3}) {
      AxisSpec view = AxisSpec.of(shape, axis);
      add("argMax " + axis, () -> backend.argMax(view, x, indices));
      for (boolean log : new boolean[] {false, true}) {
        SoftmaxSpec softmax = new SoftmaxSpec(view, log);
        add("softmax " + softmax, () -> backend.softmax(softmax, x, y));
        add("softmaxBackward " + softmax, () -> backend.softmaxBackward(softmax, y, g, 0, z));
      }
    }
    batchNorm("batchNorm", new BatchNormSpec(rows, CHANNELS, INNER, 1e-5f), x, p, g, y, z);
    batchNorm(
        "batchNorm of columns", new BatchNormSpec(rows, CHANNELS * INNER, 1, 1e-5f), x, x, g, y, z);
    norm("layerNorm", new NormSpec(rows, 1, CHANNELS * INNER, 1, true, 1e-5f), x, x, g, y, z);
    norm("groupNorm", new NormSpec(rows, 1, CHANNELS, INNER, true, 1e-5f), x, p, g, y, z);
    LrnSpec lrn = new LrnSpec(rows, CHANNELS, INNER, 5, 0.1f, 0.75f, 1);
    add("lrn", () -> backend.lrn(lrn, x, y));
    add("lrnBackward", () -> backend.lrnBackward(lrn, x, y, g, 1, z));
    embedding(rows, x, g, y, z);
    losses(rows, x, y, z, one);
    Buffer step = backend.allocate(DType.INT32, 2);
    backend.upload(new int[] {5, 0}, 0, step, 0, 2);
    RandomKey key = new RandomKey(42, 1, 2);
    add("dropout", () -> backend.dropout(key, step, 0.4f, n, x, 0, y));
    Buffer hyper = backend.allocate(DType.FLOAT32, 2);
    backend.upload(new float[] {0.01f, 0.99f}, 0, hyper, 0, 2);
    SgdSpec sgd = new SgdSpec(n, 0.9f, 0, 0.01f, true);
    add("sgd", () -> backend.sgd(sgd, hyper, step, null, y, g, z));
    AdamSpec adam = new AdamSpec(n, 0.9, 0.99, 1e-8f, 0.1f, true);
    Buffer v = output(n);
    backend.fill(v, n, 1);
    add("adam", () -> backend.adam(adam, hyper, step, null, y, g, z, v));
    add("clipNorm", () -> backend.clipNorm(n, 1, z, one));
    Buffer lossScale = backend.allocate(DType.FLOAT32, LossScaleSpec.COUNT);
    backend.upload(new float[] {1, 0, 0, 0}, 0, lossScale, 0, LossScaleSpec.COUNT);
    LossScaleSpec rule = new LossScaleSpec(1, 1, 10);
    add("unscale", () -> backend.unscale(n, z, lossScale));
    add("updateScale", () -> backend.updateScale(rule, lossScale));
    new PlacesWorkload(backend, shape, x, y, step, this::output, this::add).add();
    new RecurrentWorkload(backend, count -> numbers(count, 6), this::output, this::add)
        .add(rows, rows < 10 ? 5 : 85);
  }

  private void losses(int rows, Buffer x, Buffer y, Buffer z, Buffer one) {
    int n = rows * CHANNELS * INNER;
    int[] labels = new int[rows * INNER];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % CHANNELS;
    }
    Buffer targets = backend.allocate(DType.INT32, labels.length);
    backend.upload(labels, 0, targets, 0, labels.length);
    CrossEntropySpec deep = new CrossEntropySpec(rows, CHANNELS, INNER, -100, 0.1f, Reduction.MEAN);
    CrossEntropySpec flat =
        new CrossEntropySpec(rows * INNER, CHANNELS, 1, -100, 0f, Reduction.MEAN);
    add("crossEntropy deep", () -> backend.crossEntropy(deep, x, targets, null, one, z));
    add("crossEntropy", () -> backend.crossEntropy(flat, x, targets, null, one, z));
    Buffer probabilities = backend.allocate(DType.FLOAT32, n);
    backend.unary(UnaryOp.SIGMOID, n, x, probabilities);
    add(
        "crossEntropy of probabilities",
        () -> backend.crossEntropyProbabilities(deep, x, probabilities, null, one, z));
    for (PointwiseLossSpec.Kind kind : PointwiseLossSpec.Kind.values()) {
      PointwiseLossSpec loss = new PointwiseLossSpec(kind, n, Reduction.MEAN);
      Buffer in = kind == PointwiseLossSpec.Kind.BCE ? probabilities : x;
      add(
          kind.toString(),
          () -> backend.pointwiseLoss(loss, in, probabilities, null, null, one, y));
    }
  }

  private void batchNorm(
      String name, BatchNormSpec spec, Buffer x, Buffer gamma, Buffer g, Buffer y, Buffer z) {
    Buffer mean = output(spec.channels());
    Buffer invStd = output(spec.channels());
    Buffer dGamma = output(spec.channels());
    add(
        name + " train",
        () -> backend.batchNormTrain(spec, 0.1f, x, gamma, null, null, null, y, mean, invStd));
    add(
        name + " backward",
        () ->
            backend.batchNormBackward(
                spec, true, x, gamma, mean, invStd, g, 0, z, 0, dGamma, 0, null));
    add(name + " infer", () -> backend.batchNormInfer(spec, x, gamma, null, mean, invStd, y, null));
  }

  private void norm(
      String name, NormSpec spec, Buffer x, Buffer gamma, Buffer g, Buffer y, Buffer z) {
    Buffer mean = output(spec.rows());
    Buffer invStd = output(spec.rows());
    Buffer dGamma = output(spec.parameters());
    Buffer dShift = output(spec.parameters());
    add(name, () -> backend.norm(spec, x, gamma, gamma, y, mean, invStd));
    add(
        name + " backward",
        () -> backend.normBackward(spec, x, gamma, mean, invStd, g, 0, z, 0, dGamma, 1, dShift));
  }

  private void embedding(int rows, Buffer table, Buffer g, Buffer y, Buffer z) {
    EmbeddingSpec spec = new EmbeddingSpec(rows, CHANNELS * INNER, rows, 1);
    int[] numbers = new int[rows];
    for (int i = 0; i < rows; i++) {
      numbers[i] = i * i % rows;
    }
    Buffer indices = backend.allocate(DType.INT32, rows);
    backend.upload(numbers, 0, indices, 0, rows);
    add("embedding", () -> backend.embedding(spec, indices, table, y));
    add("embeddingBackward", () -> backend.embeddingBackward(spec, indices, g, 0, z));
  }

  private void add(String name, Runnable operation) {
    operations.put(name, operation);
  }

  private Buffer numbers(int n, int seed) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) Math.sin(seed + 1.7 * i) + 0.1f;
    }
    Buffer buffer = backend.allocate(DType.FLOAT32, n);
    backend.upload(values, 0, buffer, 0, n);
    return buffer;
  }

  private Buffer output(int n) {
    Buffer buffer = backend.allocate(DType.FLOAT32, n);
    backend.fill(buffer, n, 0);
    outputs.add(buffer);
    return buffer;
  }
}

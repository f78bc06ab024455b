package io.cortado.cuda;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.Recording;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.emulated.Emulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A device loaded, used and closed: every function of NVIDIA's libraries that the backend calls
 * where nothing fails, and every kernel.
 */
final class Session {

  private Session() {}

  /** A fresh emulator, on which the libraries have been found. */
  static void start() {
    System.setProperty(
        "cortado.cuda.libraries", System.getProperty("cortado.native", "target/native"));
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    Emulator.configure("memory.total", 1L << 30);
  }

  /**
   * Loads, trains and closes; closes what was opened if something fails.
   *
   * @return how often each function had been called after loading, after training, and in the end
   */
  static List<Map<String, Long>> run() {
    List<Map<String, Long>> phases = new ArrayList<>();
    Backend backend = openWithCudnnsCtc();
    try {
      assertDescribed(backend);
      phases.add(calls());
      work(new Scenario((CudaBackend) backend));
      phases.add(calls());
    } catch (RuntimeException e) {
      Closing.after(e, backend::close);
      throw e;
    }
    backend.close();
    phases.add(calls());
    return phases;
  }

  private static Backend openWithCudnnsCtc() {
    System.setProperty(CtcChoice.PROPERTY, "cudnn");
    try {
      return new CudaProvider().open(BackendOptions.DEFAULTS);
    } finally {
      System.clearProperty(CtcChoice.PROPERTY);
    }
  }

  private static void assertDescribed(Backend backend) {
    if (!backend.description().contains("emulated")) {
      throw new AssertionError("this is no test equipment: " + backend.description());
    }
  }

  /** Returns how often each function has been called that reports failures by a code. */
  static Map<String, Long> calls() {
    Map<String, Long> calls = new HashMap<>();
    Emulator.counters()
        .forEach((name, count) -> {
          if (name.startsWith("call.")) {
            calls.put(name.substring("call.".length()), count);
          }
        });
    return calls;
  }

  private static void work(Scenario s) {
    s.everything();
    elementwise(s);
    reductions(s);
    programs(s);
    pools(s);
    maxPools(s);
    batchNorms(s);
    losses(s);
    places(s);
    sequences(s);
    optimizers(s);
    uploads(s);
    recording(s);
    tooMuch(s);
    s.backend.synchronize();
  }

  private static void elementwise(Scenario s) {
    Buffer x = s.random(24);
    Buffer y = s.room(24);
    Shape flat = Shape.of(24);
    s.backend.fill(y, 24, 0);
    s.backend.copy(x, 0, y, 0, 24);
    s.backend.unary(UnaryOp.TANH, 24, x, y);
    s.backend.unaryBackward(UnaryOp.TANH, 24, null, y, x, 0, s.room(24));
    s.backend.binary(new BinarySpec(BinaryOp.ADD, flat, flat, flat), x, x, 0, y);
    Shape matrix = Shape.of(4, 6);
    s.backend.binary(new BinarySpec(BinaryOp.MUL, matrix, Shape.of(6), matrix), x, x, 0, y);
    s.backend.axpby(24, 2, x, 1, y);
    s.backend.permute(new PermuteSpec(matrix, List.of(1, 0)), x, 0, y);
    s.backend.copyBlock(new CopySpec(2, 3, 0, 6, 1, 6), x, 0, y);
    Buffer step = s.backend.allocate(DType.INT32, 2);
    s.backend.upload(new int[] {3, 0}, 0, step, 0, 2);
    s.backend.dropout(new RandomKey(7, 1, 2), step, 0.5f, 24, x, 0, y);
  }

  private static void reductions(Scenario s) {
    Buffer x = s.random(20_000);
    Buffer y = s.room(100);
    s.backend.reduce(new ReduceSpec(ReduceOp.SUM, Shape.of(200, 100), Shape.of(1, 100)), x, 0, y);
    s.backend.reduce(new ReduceSpec(ReduceOp.MEAN, Shape.of(100, 200), Shape.of(100, 1)), x, 0, y);
    Buffer places = s.backend.allocate(DType.INT32, 100);
    s.backend.argMax(new AxisSpec(100, 200, 1), x, places);
    int[] found = new int[100];
    s.backend.download(places, 0, found, 0, 100);
  }

  /** A program of one pass over broadcast inputs, which is compiled here. */
  private static void programs(Scenario s) {
    PointwiseProgram program =
        new PointwiseProgram(
            2, 1, List.of(new Instruction(PointwiseOp.MUL, 0, 1, 0, 0)), List.of(3, 2));
    Shape matrix = Shape.of(4, 6);
    s.backend.pointwise(
        new PointwiseSpec(program, List.of(matrix, Shape.of(6)), matrix),
        new float[] {2},
        new Buffer[] {s.random(24), s.random(6)},
        new Buffer[] {s.room(24), s.room(24)});
  }

  private static void pools(Scenario s) {
    for (boolean adaptive : new boolean[] {false, true}) {
      PoolSpec.Mode mode = adaptive ? PoolSpec.Mode.AVERAGE : PoolSpec.Mode.MAX;
      PoolSpec spec = new PoolSpec(mode, 2, 3, 8, 8, 4, 4, 2, 2, 2, 2, 0, 0, 1, 1, adaptive);
      Buffer x = s.random(spec.inputShape().size());
      Buffer y = s.room(spec.outputShape().size());
      long n = s.backend.poolReserveSize(spec);
      Buffer reserve = n == 0 ? null : s.backend.allocate(DType.INT32, n);
      s.backend.pool(spec, x, y, reserve);
      s.backend.poolBackward(spec, x, y, reserve, y, 0, s.room(x.length()));
    }
  }

  private static void maxPools(Scenario s) {
    WindowAxis axis = WindowAxis.random(8, 4, 2);
    MaxPoolSpec spec = new MaxPoolSpec(6, WindowAxis.none(), axis, axis);
    Buffer places = s.backend.allocate(DType.INT32, spec.outputSize());
    Buffer y = s.room(spec.outputSize());
    s.backend.maxPool(spec, s.random(12), s.random(spec.inputSize()), y, places);
  }

  private static void batchNorms(Scenario s) {
    BatchNormSpec spec = Scenario.NORM;
    long n = spec.count() * spec.channels();
    int c = spec.channels();
    Buffer x = s.random(n);
    Buffer mean = s.random(c);
    Buffer ones = s.room(c);
    s.backend.fill(ones, c, 1);
    s.backend.batchNormInfer(spec, x, ones, mean, mean, ones, s.room(n), s.room(c));
    s.backend.batchNormBackward(
        spec, false, x, ones, mean, ones, x, 0, s.room(n), 0, s.room(c), 0, s.room(c));
    // More images than cuDNN is asked for.
    BatchNormSpec many = new BatchNormSpec(Limits.DEFAULT.normalized() + 1, 1, 1, 1e-5f);
    Buffer rows = s.random(many.count());
    Buffer moments = s.room(1);
    Buffer y = s.room(many.count());
    s.backend.batchNormTrain(many, 1, rows, null, null, null, null, y, mean, moments);
    s.backend.batchNormBackward(
        many, true, rows, null, mean, moments, y, 0, s.room(many.count()), 0, null, 0, s.room(1));
  }

  private static void losses(Scenario s) {
    Buffer logits = s.random(12);
    Buffer targets = s.backend.allocate(DType.INT32, 4);
    s.backend.upload(new int[] {0, 2, 1, 2}, 0, targets, 0, 4);
    CrossEntropySpec spec = new CrossEntropySpec(4, 3, 1, -100, 0, Reduction.MEAN);
    s.backend.crossEntropy(spec, logits, targets, null, s.room(1), s.room(12));
    s.backend.crossEntropyProbabilities(spec, logits, logits, null, s.room(1), s.room(12));
    s.backend.pointwiseLoss(
        new PointwiseLossSpec(PointwiseLossSpec.Kind.MSE, 12, Reduction.MEAN),
        logits,
        logits,
        null,
        null,
        s.room(1),
        s.room(12));
  }

  /** Look-ups, orders, copies and random numbers. */
  private static void places(Scenario s) {
    Buffer x = s.random(24);
    Buffer y = s.room(24);
    Buffer indices = s.backend.allocate(DType.INT32, 24);
    s.backend.fill(y, 24, 0);
    Buffer step = s.backend.allocate(DType.INT32, 2);
    s.backend.upload(new int[] {3, 0}, 0, step, 0, 2);
    s.backend.randomInts(new RandomKey(7, 1, 3), step, 0, 4, 24, indices);
    s.backend.random(
        new RandomSpec(RandomSpec.Kind.NORMAL, 24, 0, 1), new RandomKey(7, 1, 4), step, y);
    IndexSpec rows = new IndexSpec("gather", 1, 4, 4, 6, false);
    s.backend.findOutside(0, 4, 24, indices, s.backend.slice(indices, 0, 4));
    s.backend.gather(rows, indices, x, 0, y);
    s.backend.scatterAdd(rows, indices, x, 0, y);
    AxisSpec axis = new AxisSpec(2, 12, 1);
    s.backend.sort(new SortSpec(axis, 12, true), x, y, indices);
    s.backend.scan(new ScanSpec(axis, ScanSpec.Op.SUM, false, false), x, 0, y);
    s.backend.triangle(new TriangleSpec(1, 4, 6, 0, true), x, 0, y);
    Shape matrix = Shape.of(4, 6);
    s.backend.stridedCopy(new StridedSpec(matrix, 0, List.of(6L, 1L), 0, List.of(1L, 4L)), x, 0, y);
  }

  /**
   * A sequence of three steps and one label, by cuDNN and, since its blank is not 0, by kernels.
   */
  private static void sequences(Scenario s) {
    for (int label = 0; label < 2; label++) {
      Buffer ints = s.backend.allocate(DType.INT32, 3);
      s.backend.upload(new int[] {label, 3, 1}, 0, ints, 0, 3);
      s.backend.ctcLoss(
          new CtcSpec(3, 1, 2, 1, 1 - label, false),
          s.random(6),
          s.backend.slice(ints, 0, 1),
          s.backend.slice(ints, 1, 1),
          s.backend.slice(ints, 2, 1),
          s.room(1),
          s.room(6));
    }
  }

  private static void optimizers(Scenario s) {
    Buffer param = s.random(33);
    Buffer grad = s.random(33);
    Buffer m = s.room(33);
    Buffer v = s.room(33);
    s.backend.fill(m, 33, 0);
    s.backend.fill(v, 33, 0);
    s.backend.clipNorm(33, 1, grad, s.room(1));
    Buffer hyper = s.upload(0.1f, 1, 0.1f, 1, 0.1f, 1, 0.1f, 1);
    Buffer steps = s.backend.allocate(DType.INT32, 2);
    s.backend.upload(new int[] {0, 0}, 0, steps, 0, 2);
    s.backend.advance(steps, null);
    s.backend.sgd(new SgdSpec(33, 0.9f, 0, 0, false), hyper, steps, null, param, grad, m);
    s.backend.adam(
        new AdamSpec(33, 0.9, 0.999, 1e-8f, 0, false), hyper, steps, null, param, grad, m, v);
  }

  /** So many that staging buffers are waited for. */
  private static void uploads(Scenario s) {
    Buffer x = s.room(16);
    float[] values = new float[16];
    for (int i = 0; i < 300; i++) {
      s.backend.fill(x, 16, i);
    }
    for (int i = 0; i < 70; i++) {
      s.backend.upload(values, 0, x, 0, 16);
    }
    s.backend.download(x, 0, values, 0, 16);
    s.backend.release(x);
    float[] batch = new float[20_000];
    Buffer large = s.room(batch.length);
    for (int i = 0; i < 3; i++) {
      s.backend.upload(batch, 0, large, 0, batch.length);
    }
    s.backend.download(large, 0, batch, 0, batch.length);
  }

  /** More memory than there is, which the driver is asked about. */
  private static void tooMuch(Scenario s) {
    try {
      s.room(1L << 40);
    } catch (BackendException e) {
      if (!String.valueOf(e.getMessage()).contains("out of device memory")) {
        throw e;
      }
    }
  }

  private static void recording(Scenario s) {
    Buffer x = s.random(33);
    Buffer y = s.room(33);
    s.backend.unary(UnaryOp.TANH, 33, x, y);
    try (Recording recording =
        s.backend.record(() -> {
          s.backend.unary(UnaryOp.TANH, 33, x, y);
          // So much that the driver is asked for it.
          s.backend.release(s.room(16L << 20));
        })) {
      recording.replay();
      recording.replay();
      s.backend.synchronize();
    }
  }

  /** Returns the functions called of which this session does not call any. */
  static Set<String> missing(Set<String> called) {
    start();
    Set<String> missing = new TreeSet<>(called);
    String cache = String.valueOf(System.getProperty("cortado.cuda.cache"));
    try { // kernels that are in the cache would not be compiled
      System.setProperty(
          "cortado.cuda.cache", Files.createTempDirectory("cortado-kernels").toString());
      missing.removeAll(run().getLast().keySet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      System.setProperty("cortado.cuda.cache", cache);
    }
    return missing;
  }
}

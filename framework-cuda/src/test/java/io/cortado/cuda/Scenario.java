package io.cortado.cuda;

import io.cortado.DType;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import java.util.List;
import java.util.Random;

/** A backend on the emulated libraries, and one small operation of each family. */
final class Scenario implements AutoCloseable {

  static final ConvSpec CONV =
      new ConvSpec(4, 3, 9, 8, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);

  /** A convolution for which {@code IMPLICIT_PRECOMP_GEMM} is chosen. */
  static final ConvSpec POINTWISE =
      new ConvSpec(4, 3, 9, 8, 6, 1, 1, 2, 2, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  static final BatchNormSpec NORM = new BatchNormSpec(3, 4, 5, 1e-5f);
  private static final LrnSpec LRN = new LrnSpec(2, 4, 5, 3, 1, 0.75f, 1);
  private static final SoftmaxSpec SOFTMAX = new SoftmaxSpec(new AxisSpec(3, 7, 2), false);
  private static final PoolSpec POOL =
      new PoolSpec(PoolSpec.Mode.SUM, 2, 3, 8, 8, 4, 4, 2, 2, 2, 2, 0, 0, 1, 1, false);

  static final RnnLayerSpec RNN = new RnnLayerSpec(RnnSpec.Kind.LSTM, 3, 2, 4, 5, 2, true, false);

  final CudaBackend backend;

  /** Starts with a fresh emulator. */
  Scenario() {
    this(MathPrecision.FLOAT32);
  }

  /** Starts with a fresh emulator, at a precision. */
  Scenario(MathPrecision precision) {
    this(fresh(precision));
  }

  Scenario(CudaBackend backend) {
    this.backend = backend;
  }

  private static CudaBackend fresh(MathPrecision precision) {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    return CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(precision), false);
  }

  Buffer upload(float... values) {
    Buffer buffer = backend.allocate(DType.FLOAT32, values.length);
    backend.upload(values, 0, buffer, 0, values.length);
    return buffer;
  }

  Buffer random(long n) {
    Random random = new Random(n);
    float[] values = new float[Math.toIntExact(n)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return upload(values);
  }

  Buffer room(long n) {
    return backend.allocate(DType.FLOAT32, n);
  }

  float[] download(Buffer buffer, long n) {
    float[] values = new float[Math.toIntExact(n)];
    backend.download(buffer, 0, values, 0, values.length);
    return values;
  }

  /** Runs everything that cuBLAS and cuDNN do for the backend. */
  void everything() {
    products();
    convolutions();
    layers();
    recurrentLayer();
    backend.synchronize();
  }

  void products() {
    Buffer a = random(60);
    Buffer b = random(60);
    Buffer c = room(60);
    backend.gemm(GemmSpec.of(4, 5, 6, false, true), 1, a, b, 0, c);
    backend.gemm(GemmSpec.batched(2, 3, 4, 5, true, false), 1, a, b, 0, c);
    backend.gemm(GemmSpec.of(4, 5, 0, false, false), 1, a, b, 0, c);
    backend.linear(new LinearSpec(4, 5, 6, UnaryOp.TANH), a, b, random(6), c);
  }

  void convolutions() {
    Buffer x = random(CONV.inputShape().size());
    Buffer w = random(CONV.weightShape().size());
    Buffer y = room(CONV.outputShape().size());
    backend.conv(CONV, x, w, random(CONV.k()), y);
    backend.conv(POINTWISE, x, random(POINTWISE.weightShape().size()), random(POINTWISE.k()), y);
    backend.convBackwardData(CONV, random(CONV.outputShape().size()), w, 0, room(x.length()));
    backend.convBackwardFilter(CONV, x, random(CONV.outputShape().size()), 0, room(w.length()));
  }

  private void layers() {
    Buffer x = random(POOL.inputShape().size());
    Buffer y = room(POOL.outputShape().size());
    backend.pool(POOL, x, y, null);
    backend.poolBackward(POOL, x, y, null, y, 0, room(x.length()));
    long n = SOFTMAX.axis().size();
    Buffer p = room(n);
    backend.softmax(SOFTMAX, random(n), p);
    backend.softmaxBackward(SOFTMAX, p, random(n), 0, room(n));
    n = LRN.count();
    Buffer response = room(n);
    Buffer stimulus = random(n);
    backend.lrn(LRN, stimulus, response);
    backend.lrnBackward(LRN, stimulus, response, random(n), 0, room(n));
    n = NORM.count() * NORM.channels();
    int c = NORM.channels();
    Buffer mean = room(c);
    Buffer invStd = room(c);
    Buffer input = random(n);
    backend.batchNormTrain(
        NORM, 0.1f, input, null, null, random(c), random(c), room(n), mean, invStd);
    backend.batchNormBackward(
        NORM, true, input, null, mean, invStd, random(n), 0, room(n), 0, room(c), 0, null);
  }

  /** A layer's passes, with gradients that are added to what there is. */
  void recurrentLayer() {
    Buffer x = random(RNN.inputSize());
    Buffer h0 = random(RNN.statesSize());
    Buffer y = room(RNN.outputSize());
    Buffer reserve = room(backend.rnnLayerReserveSize(RNN));
    RnnWeights one =
        new RnnWeights(
            random((long) RNN.width() * RNN.input()),
            random((long) RNN.width() * RNN.hidden()),
            random(RNN.width()),
            random(RNN.width()));
    List<RnnWeights> w = List.of(one, one);
    Buffer hn = room(h0.length());
    Buffer cn = room(h0.length());
    backend.rnnLayer(RNN, null, x, h0, null, w, y, hn, cn, reserve);
    backend.rnnLayerBackwardData(
        RNN, null, y, y, h0, null, hn, cn, w, reserve, 1, x, 0, room(h0.length()), 0, null);
    RnnGradients g = new RnnGradients(1, one.ih(), 1, one.hh(), 1, one.biasIh(), 1, one.biasHh());
    backend.rnnLayerBackwardWeights(RNN, x, h0, y, reserve, List.of(g, g));
  }

  @Override
  public void close() {
    backend.close();
  }
}

package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.intsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.MemoryStats;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.kernels.Conv;
import io.cortado.cpu.kernels.Copies;
import io.cortado.cpu.kernels.Ctc;
import io.cortado.cpu.kernels.Dropout;
import io.cortado.cpu.kernels.Elementwise;
import io.cortado.cpu.kernels.Embedding;
import io.cortado.cpu.kernels.Gemm;
import io.cortado.cpu.kernels.Indexing;
import io.cortado.cpu.kernels.Linear;
import io.cortado.cpu.kernels.LossScaling;
import io.cortado.cpu.kernels.Optimizers;
import io.cortado.cpu.kernels.Ordering;
import io.cortado.cpu.kernels.PlacedMax;
import io.cortado.cpu.kernels.Pointwise;
import io.cortado.cpu.kernels.Pool;
import io.cortado.cpu.kernels.RandomNumbers;
import io.cortado.cpu.kernels.Reduce;
import io.cortado.cpu.kernels.Rnn;
import io.cortado.cpu.kernels.StridedCopies;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pure-Java backend: arrays, worker threads, and the Vector API where it is loaded.
 *
 * <p>Operations are done when their method returns. This class unpacks buffers; the arithmetic is
 * in {@link io.cortado.cpu.kernels}.
 */
public final class CpuBackend implements Backend {

  /** The name users ask for. */
  static final String NAME = "cpu";

  private final String description;
  private final MathPrecision precision;
  private final Workers workers;
  private final BufferPool buffers = new BufferPool();
  private final Elementwise elementwise;
  private final Pointwise pointwise;
  private final Copies copies;
  private final Reduce reduce;
  private final Gemm gemm;
  private final Linear linear;
  private final Recurrence rnn;
  private final Conv conv;
  private final Pool pool;
  private final PlacedMax placedMax;
  private final Normalizations normalizations;
  private final Embedding embedding;
  private final Indexing indexing;
  private final Ordering ordering;
  private final Ctc ctc;
  private final StridedCopies strided;
  private final RandomNumbers random;
  private final Losses losses;
  private final Dropout dropout;
  private final Optimizers optimizers;
  private final LossScaling lossScaling;

  private CpuBackend(Simd simd, int threads, MathPrecision precision) {
    this.precision = precision;
    VectorOps ops = simd.ops();
    GemmKernel kernel = simd.gemm();
    workers = new Workers(threads);
    description =
        "cpu: %s, %d %s%s"
            .formatted(
                simd.description(),
                workers.count(),
                workers.count() == 1 ? "thread" : "threads",
                precision == MathPrecision.FLOAT32
                    ? ""
                    : "; precision "
                        + precision.label()
                        + " was asked for: the cpu computes in float32, which is at least as"
                        + " exact");
    elementwise = new Elementwise(ops, workers);
    pointwise = new Pointwise(simd.pointwise(), ops, workers);
    copies = new Copies(ops, workers);
    reduce = new Reduce(ops, workers);
    gemm = new Gemm(kernel, workers, ops::unary);
    linear = new Linear(gemm);
    rnn = new Recurrence(new Rnn(simd.rnn(), ops, workers));
    conv = new Conv(kernel, simd.lanes(), workers, ops::unary);
    pool = new Pool(simd.pool(), workers);
    placedMax = new PlacedMax(simd.pool(), workers);
    normalizations = new Normalizations(ops, workers);
    embedding = new Embedding(ops, workers);
    indexing = new Indexing(ops, workers);
    ordering = new Ordering(workers);
    ctc = new Ctc(ops, workers);
    strided = new StridedCopies(ops, workers);
    random = new RandomNumbers(ops, workers);
    losses = new Losses(ops, workers);
    dropout = new Dropout(ops, workers);
    optimizers = new Optimizers(ops, workers, elementwise);
    lossScaling = new LossScaling(workers);
  }

  /**
   * Opens the backend.
   *
   * @throws io.cortado.backend.BackendException if the choice cannot be had here
   */
  public static CpuBackend open(BackendOptions options, Simd.Choice choice) {
    if (options.ordinal() != 0) {
      throw new IllegalArgumentException(
          "cpu:" + options.ordinal() + " does not exist: the cpu is one device, number 0");
    }
    return new CpuBackend(Simd.choose(choice), options.threads(), options.precision());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return description;
  }

  /** Returns what was asked for; the arithmetic is float32's whatever that is. */
  @Override
  public MathPrecision precision() {
    return precision;
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer allocate(DType dtype, long length) {
    return buffers.allocate(dtype, length);
  }

  @Override
  public void release(Buffer buffer) {
    buffers.release(buffer);
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return Unpack.of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    System.arraycopy(src, srcOffset, floats(dst), offset(dst, dstOffset, length), length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    System.arraycopy(src, srcOffset, ints(dst), offset(dst, dstOffset, length), length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    System.arraycopy(floats(src), offset(src, srcOffset, length), dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    System.arraycopy(ints(src), offset(src, srcOffset, length), dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    int from = offset(src, srcOffset, length);
    int to = offset(dst, dstOffset, length);
    switch (src.dtype()) {
      case FLOAT32 -> System.arraycopy(floats(src), from, floats(dst), to, (int) length);
      case INT32 -> System.arraycopy(ints(src), from, ints(dst), to, (int) length);
    }
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    int from = offset(dst, 0, length);
    Arrays.fill(floats(dst), from, from + (int) length, value);
  }

  /** Does nothing: every operation is done when its method returns. */
  @Override
  public void synchronize() {}

  @Override
  public MemoryStats memory() {
    return buffers.stats();
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    elementwise.unary(op, (int) n, floats(x), offset(x), floats(y), offset(y));
  }

  @Override
  public void unaryBackward(
      UnaryOp op,
      long n,
      @Nullable Buffer x,
      @Nullable Buffer y,
      Buffer dy,
      float beta,
      Buffer dx) {
    // The loops read x and y only where the operation needs them: dy stands in for what is missing.
    Buffer in = x == null ? dy : x;
    Buffer out = y == null ? dy : y;
    elementwise.unaryBackward(
        op,
        (int) n,
        floats(in),
        offset(in),
        floats(out),
        offset(out),
        floats(dy),
        offset(dy),
        beta,
        floats(dx),
        offset(dx));
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    elementwise.binary(
        spec, floats(a), offset(a), floats(b), offset(b), beta, floats(out), offset(out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    elementwise.axpby((int) n, alpha, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    copies.permute(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    copies.copyBlock(spec, floats(src), offset(src), beta, floats(dst), offset(dst));
  }

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    pointwise.run(
        spec, parameters, arrays(inputs), offsets(inputs), arrays(outputs), offsets(outputs));
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    Buffer[] all = new Buffer[1 + outputs.length];
    all[0] = y;
    System.arraycopy(outputs, 0, all, 1, outputs.length);
    pointwise.reduce(
        spec, op, parameters, arrays(inputs), offsets(inputs), arrays(all), offsets(all));
  }

  private static float[][] arrays(Buffer[] buffers) {
    float[][] arrays = new float[buffers.length][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = floats(buffers[i]);
    }
    return arrays;
  }

  private static int[] offsets(Buffer[] buffers) {
    int[] offsets = new int[buffers.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset(buffers[i]);
    }
    return offsets;
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    reduce.reduce(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    reduce.argMax(spec, floats(x), offset(x), ints(y), offset(y));
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    gemm.run(spec, alpha, floats(a), offset(a), floats(b), offset(b), beta, floats(c), offset(c));
  }

  @Override
  public void gemm(
      GemmSpec spec,
      float alpha,
      Buffer a,
      long aOffset,
      Buffer b,
      long bOffset,
      float beta,
      Buffer c,
      long cOffset) {
    gemm.run(
        spec,
        alpha,
        floats(a),
        offset(a, aOffset, 0),
        floats(b),
        offset(b, bOffset, 0),
        beta,
        floats(c),
        offset(c, cOffset, 0));
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    linear.run(
        spec,
        floats(x),
        offset(x),
        floats(w),
        offset(w),
        floatsOrNull(bias),
        offset(bias),
        floats(y),
        offset(y));
  }

  // ---------------------------------------------------------------- convolution and pooling

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    conv.forward(
        spec,
        floats(x),
        offset(x),
        floats(w),
        offset(w),
        floatsOrNull(bias),
        offset(bias),
        floats(y),
        offset(y));
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    conv.backwardData(
        spec, floats(dy), offset(dy), floats(w), offset(w), beta, floats(dx), offset(dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    conv.backwardFilter(
        spec, floats(x), offset(x), floats(dy), offset(dy), beta, floats(dw), offset(dw));
  }

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return pool.reserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    pool.forward(
        spec, floats(x), offset(x), floats(y), offset(y), intsOrNull(reserve), offset(reserve));
  }

  @Override
  public void poolBackward(
      PoolSpec spec,
      Buffer x,
      Buffer y,
      @Nullable Buffer reserve,
      Buffer dy,
      float beta,
      Buffer dx) {
    pool.backward(
        spec,
        intsOrNull(reserve),
        offset(reserve),
        floats(dy),
        offset(dy),
        beta,
        floats(dx),
        offset(dx));
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    placedMax.forward(
        spec,
        floatsOrNull(samples),
        offset(samples),
        floats(x),
        offset(x),
        floats(y),
        offset(y),
        ints(places),
        offset(places));
  }

  // ---------------------------------------------------------------- normalisation

  @Override
  public void batchNormTrain(
      BatchNormSpec spec,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd) {
    normalizations.batchNormTrain(
        spec, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd);
  }

  @Override
  public void batchNormInfer(
      BatchNormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    normalizations.batchNormInfer(spec, x, gamma, shift, mean, var, y, saveInvStd);
  }

  @Override
  public void batchNormBackward(
      BatchNormSpec spec,
      boolean batchStatistics,
      Buffer x,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    normalizations.batchNormBackward(
        spec,
        batchStatistics,
        x,
        gamma,
        mean,
        invStd,
        dy,
        betaX,
        dx,
        betaGamma,
        dGamma,
        betaShift,
        dShift);
  }

  @Override
  public void norm(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    normalizations.norm(spec, x, gamma, shift, y, saveMean, saveInvStd);
  }

  @Override
  public void normBackward(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    normalizations.normBackward(
        spec, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift);
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    normalizations.lrn(spec, x, y);
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    normalizations.lrnBackward(spec, x, y, dy, beta, dx);
  }

  // ---------------------------------------------------------------- recurrent layers

  @Override
  public long rnnReserveSize(RnnSpec spec) {
    return rnn.reserveSize(spec);
  }

  @Override
  public void rnn(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      RnnWeights weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    rnn.forward(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
  }

  @Override
  public void rnnBackwardData(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      RnnWeights weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    rnn.backwardData(
        spec, lengths, dy, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0, betaC, dc0);
  }

  @Override
  public void rnnBackwardWeights(
      RnnSpec spec,
      Buffer x,
      Buffer reserve,
      float betaIh,
      @Nullable Buffer dIh,
      float betaHh,
      @Nullable Buffer dHh,
      float betaBiasIh,
      @Nullable Buffer dBiasIh,
      float betaBiasHh,
      @Nullable Buffer dBiasHh) {
    rnn.backwardWeights(
        spec, x, reserve, betaIh, dIh, betaHh, dHh, betaBiasIh, dBiasIh, betaBiasHh, dBiasHh);
  }

  // ---------------------------------------------------------------- tables

  @Override
  public void embedding(EmbeddingSpec spec, Buffer indices, Buffer table, Buffer y) {
    embedding.forward(
        spec, ints(indices), offset(indices), floats(table), offset(table), floats(y), offset(y));
  }

  @Override
  public void embeddingBackward(
      EmbeddingSpec spec, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    embedding.backward(
        spec,
        ints(indices),
        offset(indices),
        floats(dy),
        offset(dy),
        beta,
        floats(dTable),
        offset(dTable));
  }

  @Override
  public void embeddingStore(EmbeddingSpec spec, Buffer indices, @Nullable Buffer y, Buffer table) {
    embedding.store(
        spec,
        ints(indices),
        offset(indices),
        y == null ? null : floats(y),
        y == null ? 0 : offset(y),
        floats(table),
        offset(table));
  }

  // ---------------------------------------------------------------- places and order

  @Override
  public boolean refusesIndices() {
    return true;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    Indexing.findOutside(
        operation, extent, count, ints(indices), offset(indices), ints(found), offset(found));
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    indexing.gather(
        spec, ints(indices), offset(indices), floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    indexing.scatterAdd(
        spec, ints(indices), offset(indices), floats(src), offset(src), beta, floats(y), offset(y));
  }

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    ordering.sort(
        spec, floats(x), offset(x), floats(values), offset(values), ints(indices), offset(indices));
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    ordering.scan(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void ctcLoss(
      CtcSpec spec,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    ctc.loss(
        spec,
        new Ctc.Arrays(
            floats(x),
            offset(x),
            ints(targets),
            offset(targets),
            ints(inputLengths),
            offset(inputLengths),
            ints(targetLengths),
            offset(targetLengths),
            floats(losses),
            offset(losses),
            gradient == null ? null : floats(gradient),
            gradient == null ? 0 : offset(gradient)));
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    strided.copy(spec, floats(src), offset(src), beta, floats(dst), offset(dst));
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    strided.triangle(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    losses.softmax(spec, x, y);
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    losses.softmaxBackward(spec, y, dy, beta, dx);
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    losses.crossEntropy(spec, logits, targets, weight, loss, grad);
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    losses.crossEntropyProbabilities(spec, logits, targets, weight, loss, grad);
  }

  @Override
  public void pointwiseLoss(
      PointwiseLossSpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad) {
    losses.pointwiseLoss(spec, x, target, weight, posWeight, loss, grad);
  }

  // ---------------------------------------------------------------- random

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    dropout.run(
        key,
        ints(step),
        offset(step),
        p,
        (int) n,
        floats(x),
        offset(x),
        beta,
        floats(y),
        offset(y));
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    random.numbers(spec, key, ints(step), offset(step), floats(y), offset(y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    random.integers(key, ints(step), offset(step), low, range, (int) n, ints(y), offset(y));
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    if (!isSet(skip)) {
      Optimizers.advance(ints(counter), offset(counter));
    }
  }

  private static boolean isSet(@Nullable Buffer flag) {
    return flag != null && floats(flag)[offset(flag)] != 0;
  }

  @Override
  public void sgd(
      SgdSpec spec,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum) {
    if (isSet(skip)) {
      return;
    }
    optimizers.sgd(
        spec,
        floats(hyper),
        offset(hyper),
        step == null ? null : ints(step),
        offset(step),
        floats(param),
        offset(param),
        floats(grad),
        offset(grad),
        floatsOrNull(momentum),
        offset(momentum));
  }

  @Override
  public void adam(
      AdamSpec spec,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v) {
    if (isSet(skip)) {
      return;
    }
    optimizers.adam(
        spec,
        floats(hyper),
        offset(hyper),
        ints(step),
        offset(step),
        floats(param),
        offset(param),
        floats(grad),
        offset(grad),
        floats(m),
        offset(m),
        floats(v),
        offset(v));
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    optimizers.norm((int) n, floats(x), offset(x), floats(norm), offset(norm));
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    optimizers.clipNorm((int) n, maxNorm, floats(x), offset(x), floats(norm), offset(norm));
  }

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    lossScaling.unscale((int) n, floats(x), offset(x), floats(state), offset(state));
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    LossScaling.update(spec, floats(state), offset(state));
  }

  @Override
  public void close() {
    pointwise.close();
    workers.close();
    buffers.trim();
  }
}

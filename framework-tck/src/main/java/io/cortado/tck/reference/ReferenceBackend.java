package io.cortado.tck.reference;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
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
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A complete backend of plain loops: floats in, doubles inside, floats out.
 *
 * <p>It is the seam's readable specification, and what the kit tests itself on. Every access is
 * checked against the exact length of the buffer. It is far too slow to train with.
 */
public final class ReferenceBackend implements Backend {

  private long inUse;
  private long peak;
  private long allocations;

  /** Makes one with no memory in use. */
  public ReferenceBackend() {}

  private static ReferenceBuffer of(Buffer buffer) {
    return (ReferenceBuffer) buffer;
  }

  private static double[] doubles(Buffer buffer, long n) {
    return of(buffer).doubles(n);
  }

  private static double @Nullable [] doublesOrNull(@Nullable Buffer buffer, long n) {
    return buffer == null ? null : doubles(buffer, n);
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "reference: plain loops in double precision, for tests";
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer allocate(DType dtype, long length) {
    if (length > Integer.MAX_VALUE / 8) {
      throw new BackendException(
          "allocate: " + length + " elements are more than this backend has; use fewer");
    }
    allocations++;
    inUse += length * dtype.bytes();
    peak = Math.max(peak, inUse);
    return ReferenceBuffer.allocate(dtype, (int) length);
  }

  @Override
  public void release(Buffer buffer) {
    inUse -= buffer.length() * buffer.dtype().bytes();
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    of(dst).set(dstOffset, src, srcOffset, length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    of(dst).set(dstOffset, src, srcOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    of(src).get(srcOffset, dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    of(src).get(srcOffset, dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    int n = Math.toIntExact(length);
    if (src.dtype() == DType.FLOAT32) {
      float[] x = new float[n];
      of(src).get(srcOffset, x, 0, n);
      of(dst).set(dstOffset, x, 0, n);
    } else {
      int[] x = new int[n];
      of(src).get(srcOffset, x, 0, n);
      of(dst).set(dstOffset, x, 0, n);
    }
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    double[] x = new double[Math.toIntExact(length)];
    Arrays.fill(x, value);
    of(dst).set(x);
  }

  @Override
  public void synchronize() {}

  @Override
  public MemoryStats memory() {
    return new MemoryStats(inUse, 0, peak, allocations);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    of(y).set(ReferenceUnary.forward(op, doubles(x, n)));
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
    double[] dyValues = doubles(dy, n);
    double[] xValues = x == null ? dyValues : doubles(x, n);
    double[] yValues = y == null ? dyValues : doubles(y, n);
    of(dx).set(ReferenceUnary.backward(op, xValues, yValues, dyValues), beta);
  }

  @Override
  public void binary(BinarySpec s, Buffer a, Buffer b, float beta, Buffer out) {
    of(out)
        .set(ReferenceShapes.binary(s, doubles(a, s.a().size()), doubles(b, s.b().size())), beta);
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    double[] scaled = doubles(x, n);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= alpha;
    }
    of(y).set(scaled, beta);
  }

  @Override
  public void permute(PermuteSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.permute(s, doubles(x, s.in().size())), beta);
  }

  @Override
  public void copyBlock(CopySpec s, Buffer src, float beta, Buffer dst) {
    double[] all = doubles(dst, dst.length());
    ReferenceShapes.copyBlock(s, doubles(src, src.length()), beta, all);
    of(dst).set(all);
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.reduce(s, doubles(x, s.in().size())), beta);
  }

  @Override
  public void argMax(AxisSpec s, Buffer x, Buffer y) {
    int[] indices = ReferenceShapes.argMax(s, doubles(x, s.size()));
    of(y).set(0, indices, 0, indices.length);
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    double[] all = doubles(c, c.length());
    ReferenceGemm.gemm(s, alpha, doubles(a, a.length()), doubles(b, b.length()), beta, all);
    of(c).set(all);
  }

  @Override
  public void linear(LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    double[] xs = doubles(x, (long) s.rows() * s.in());
    double[] ws = doubles(w, (long) s.out() * s.in());
    of(y).set(ReferenceGemm.linear(s, xs, ws, doublesOrNull(bias, s.out())));
  }

  // ---------------------------------------------------------------- convolution and pooling

  @Override
  public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    double[] xs = doubles(x, s.inputShape().size());
    double[] ws = doubles(w, s.weightShape().size());
    of(y).set(ReferenceConv.forward(s, xs, ws, doublesOrNull(bias, s.k())));
  }

  @Override
  public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    double[] dys = doubles(dy, s.outputShape().size());
    of(dx).set(ReferenceConv.backwardData(s, dys, doubles(w, s.weightShape().size())), beta);
  }

  @Override
  public void convBackwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    double[] xs = doubles(x, s.inputShape().size());
    of(dw).set(ReferenceConv.backwardFilter(s, xs, doubles(dy, s.outputShape().size())), beta);
  }

  @Override
  public long poolReserveSize(PoolSpec s) {
    return s.mode() == PoolSpec.Mode.MAX ? s.outputShape().size() : 0;
  }

  @Override
  public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    double[] xs = doubles(x, s.inputShape().size());
    of(y).set(ReferencePool.forward(s, xs));
    if (reserve != null) {
      int[] places = ReferencePool.places(s, xs);
      upload(places, 0, reserve, 0, places.length);
    }
  }

  @Override
  public void poolBackward(
      PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve, Buffer dy, float beta, Buffer dx) {
    double[] xs = doubles(x, s.inputShape().size());
    of(dx).set(ReferencePool.backward(s, xs, doubles(dy, s.outputShape().size())), beta);
  }

  @Override
  public void maxPool(MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    long random = (long) s.planes() * s.randomAxes();
    double[] drawn = samples == null ? new double[0] : doubles(samples, random);
    double[] xs = doubles(x, s.inputSize());
    int[] at = ReferenceMaxPool.places(s, drawn, xs);
    of(y).set(ReferenceMaxPool.values(s, at, xs));
    upload(at, 0, places, 0, at.length);
  }

  // ---------------------------------------------------------------- normalisation

  private static long size(BatchNormSpec s) {
    return s.count() * s.channels();
  }

  @Override
  public void batchNormTrain(
      BatchNormSpec s,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd) {
    int channels = s.channels();
    ReferenceBatchNorm.Result r =
        ReferenceBatchNorm.train(
            s, doubles(x, size(s)), doublesOrNull(gamma, channels), doublesOrNull(shift, channels));
    of(y).set(r.y());
    of(saveMean).set(r.mean());
    of(saveInvStd).set(r.invStd());
    if (runningMean != null) {
      of(runningMean)
          .set(ReferenceBatchNorm.running(momentum, doubles(runningMean, channels), r.mean()));
    }
    if (runningVar != null) {
      double[] var = ReferenceBatchNorm.unbiased(s, r.var());
      of(runningVar).set(ReferenceBatchNorm.running(momentum, doubles(runningVar, channels), var));
    }
  }

  @Override
  public void batchNormInfer(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    int channels = s.channels();
    ReferenceBatchNorm.Result r =
        ReferenceBatchNorm.infer(
            s,
            doubles(x, size(s)),
            doublesOrNull(gamma, channels),
            doublesOrNull(shift, channels),
            doubles(mean, channels),
            doubles(var, channels));
    of(y).set(r.y());
    if (saveInvStd != null) {
      of(saveInvStd).set(r.invStd());
    }
  }

  @Override
  public void batchNormBackward(
      BatchNormSpec s,
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
    int channels = s.channels();
    ReferenceBatchNorm.Gradients g =
        ReferenceBatchNorm.backward(
            s,
            batchStatistics,
            doubles(x, size(s)),
            doublesOrNull(gamma, channels),
            doubles(mean, channels),
            doubles(invStd, channels),
            doubles(dy, size(s)));
    if (dx != null) {
      of(dx).set(g.dx(), betaX);
    }
    if (dGamma != null) {
      of(dGamma).set(g.dGamma(), betaGamma);
    }
    if (dShift != null) {
      of(dShift).set(g.dShift(), betaShift);
    }
  }

  @Override
  public void norm(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    int n = s.parameters();
    ReferenceNorm.Result r =
        ReferenceNorm.forward(
            s, doubles(x, s.count()), doublesOrNull(gamma, n), doublesOrNull(shift, n));
    of(y).set(r.y());
    of(saveInvStd).set(r.invStd());
    if (saveMean != null) {
      of(saveMean).set(r.mean());
    }
  }

  @Override
  public void normBackward(
      NormSpec s,
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
    ReferenceNorm.Gradients g =
        ReferenceNorm.backward(
            s,
            doubles(x, s.count()),
            doublesOrNull(gamma, s.parameters()),
            doublesOrNull(mean, s.rows()),
            doubles(invStd, s.rows()),
            doubles(dy, s.count()));
    if (dx != null) {
      of(dx).set(g.dx(), betaX);
    }
    if (dGamma != null) {
      of(dGamma).set(g.dGamma(), betaGamma);
    }
    if (dShift != null) {
      of(dShift).set(g.dShift(), betaShift);
    }
  }

  @Override
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    of(y).set(ReferenceLrn.forward(s, doubles(x, s.count())));
  }

  @Override
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    of(dx).set(ReferenceLrn.backward(s, doubles(x, s.count()), doubles(dy, s.count())), beta);
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec s, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    double[][] y = run(s, parameters, inputs);
    for (int i = 0; i < y.length; i++) {
      of(outputs[i]).set(y[i]);
    }
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec s,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    double[][] all = run(s, parameters, inputs);
    of(y).set(ReferenceShapes.reduce(new ReduceSpec(op, s.output(), Shape.scalar()), all[0]), 0);
    for (int i = 1; i < all.length; i++) {
      of(outputs[i - 1]).set(all[i]);
    }
  }

  private static double[][] run(PointwiseSpec s, float[] parameters, Buffer[] inputs) {
    double[][] x = new double[inputs.length][];
    for (int i = 0; i < x.length; i++) {
      x[i] = doubles(inputs[i], s.inputs().get(i).size());
    }
    return Arrays.stream(ReferencePointwise.run(s, parameters, x))
        .map(output -> Arrays.stream(output).mapToDouble(b -> b.value()).toArray())
        .toArray(double[][]::new);
  }

  // ---------------------------------------------------------------- recurrent layers

  @Override
  public long rnnReserveSize(RnnSpec spec) {
    return ReferenceRecurrence.reserveSize(spec);
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
    ReferenceRecurrence.forward(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
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
    ReferenceRecurrence.backwardData(
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
    float[] betas = {betaIh, betaHh, betaBiasIh, betaBiasHh};
    ReferenceRecurrence.backwardWeights(spec, reserve, betas, dIh, dHh, dBiasIh, dBiasHh);
  }

  // ---------------------------------------------------------------- tables

  @Override
  public void embedding(EmbeddingSpec s, Buffer indices, Buffer table, Buffer y) {
    of(y)
        .set(
            ReferenceEmbedding.forward(
                s, of(indices).ints(s.count()), doubles(table, s.tableSize())));
  }

  @Override
  public void embeddingBackward(
      EmbeddingSpec s, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    int[] rows = of(indices).ints(s.count());
    of(dTable).set(ReferenceEmbedding.backward(s, rows, doubles(dy, s.outputSize())), beta);
  }

  @Override
  public void embeddingStore(EmbeddingSpec s, Buffer indices, @Nullable Buffer y, Buffer table) {
    int[] rows = of(indices).ints(s.count());
    double[] stored = y == null ? new double[rows.length * s.width()] : doubles(y, s.outputSize());
    of(table).set(ReferenceEmbedding.store(s, rows, stored, doubles(table, s.tableSize())));
  }

  // ---------------------------------------------------------------- places and order

  @Override
  public boolean refusesIndices() {
    return true;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    int[] words = of(found).ints(4);
    int[] outside =
        IntStream.of(of(indices).ints(count)).filter(i -> i < 0 || i >= extent).toArray();
    if (words[0] == 0 && outside.length > 0) {
      upload(new int[] {1, operation, outside[0], extent}, 0, found, 0, 4);
    }
  }

  @Override
  public void gather(IndexSpec s, Buffer indices, Buffer x, float beta, Buffer y) {
    int[] places = of(indices).ints(s.indices());
    of(y).set(ReferenceIndexing.gather(s, places, doubles(x, s.size())), beta);
  }

  @Override
  public void scatterAdd(IndexSpec s, Buffer indices, Buffer src, float beta, Buffer y) {
    int[] places = of(indices).ints(s.indices());
    of(y).set(ReferenceIndexing.scatterAdd(s, places, doubles(src, s.picked())), beta);
  }

  @Override
  public void sort(SortSpec s, Buffer x, Buffer values, Buffer indices) {
    double[] in = doubles(x, s.axis().size());
    int[] places = ReferenceOrder.sort(s, in);
    of(values).set(ReferenceOrder.sorted(s, in, places));
    of(indices).set(0, places, 0, places.length);
  }

  @Override
  public void scan(ScanSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceOrder.scan(s, doubles(x, s.axis().size())), beta);
  }

  @Override
  public void stridedCopy(StridedSpec s, Buffer src, float beta, Buffer dst) {
    double[] to = doubles(dst, dst.length());
    ReferenceShapes.stridedCopy(s, doubles(src, src.length()), beta, to);
    of(dst).set(to);
  }

  @Override
  public void triangle(TriangleSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.triangle(s, doubles(x, s.size())), beta);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void ctcLoss(
      CtcSpec s,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    ReferenceCtc.Result result =
        ReferenceCtc.loss(
            s,
            doubles(x, s.size()),
            of(targets).ints((long) s.batch() * s.maxTarget()),
            of(inputLengths).ints(s.batch()),
            of(targetLengths).ints(s.batch()));
    of(losses).set(result.losses());
    if (gradient != null) {
      of(gradient).set(result.gradient());
    }
  }

  @Override
  public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
    of(y).set(ReferenceSoftmax.forward(s, doubles(x, s.axis().size())));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    long n = s.axis().size();
    of(dx).set(ReferenceSoftmax.backward(s, doubles(y, n), doubles(dy, n)), beta);
  }

  private static void set(ReferenceLoss.Result r, Buffer loss, @Nullable Buffer grad) {
    of(loss).set(r.loss());
    if (grad != null) {
      of(grad).set(r.grad());
    }
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    double[] x = doubles(logits, s.rows() * s.classes());
    int[] t = of(targets).ints(s.rows());
    set(ReferenceLoss.crossEntropy(s, x, t, doublesOrNull(weight, s.classes())), loss, grad);
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    double[] x = doubles(logits, s.rows() * s.classes());
    double[] t = doubles(targets, x.length);
    double[] w = doublesOrNull(weight, s.classes());
    set(ReferenceLoss.crossEntropyProbabilities(s, x, t, w), loss, grad);
  }

  @Override
  public void pointwiseLoss(
      PointwiseLossSpec s,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad) {
    long n = s.n();
    set(
        ReferenceLoss.pointwise(
            s,
            doubles(x, n),
            doubles(target, n),
            doublesOrNull(weight, n),
            doublesOrNull(posWeight, n)),
        loss,
        grad);
  }

  // ---------------------------------------------------------------- random

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    int[] words = of(step).ints(2);
    of(y).set(Philox.dropout(key, words[0], words[1], p, doubles(x, n)), beta);
  }

  @Override
  public void random(RandomSpec s, RandomKey key, Buffer step, Buffer y) {
    int[] words = of(step).ints(2);
    float[] numbers = ReferenceRandom.numbers(s, key, words[0], words[1]);
    of(y).set(0, numbers, 0, numbers.length);
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    int[] words = of(step).ints(2);
    int[] numbers =
        ReferenceRandom.integers(key, words[0], words[1], low, range, Math.toIntExact(n));
    of(y).set(0, numbers, 0, numbers.length);
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    if (!isSet(skip)) {
      long next = number(counter) + 1;
      of(counter).set(0, new int[] {(int) next, (int) (next >>> 32)}, 0, 2);
    }
  }

  private static long number(Buffer counter) {
    int[] words = of(counter).ints(2);
    return Integer.toUnsignedLong(words[0]) | (long) words[1] << 32;
  }

  private static boolean isSet(@Nullable Buffer flag) {
    return flag != null && doubles(flag, 1)[0] != 0;
  }

  @Override
  public void sgd(
      SgdSpec s,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum) {
    if (isSet(skip)) {
      return;
    }
    long t = step == null ? 1 : number(step);
    double[] p = doubles(param, s.n());
    double[] b = null;
    if (momentum != null) {
      b = doubles(momentum, s.n());
    }
    ReferenceOptimizers.sgd(s, doubles(hyper, SgdSpec.COUNT), t, p, doubles(grad, s.n()), b);
    of(param).set(p);
    if (momentum != null && b != null) {
      of(momentum).set(b);
    }
  }

  @Override
  public void adam(
      AdamSpec s,
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
    double[] p = doubles(param, s.n());
    double[] m1 = doubles(m, s.n());
    double[] v1 = doubles(v, s.n());
    double[] h = doubles(hyper, AdamSpec.COUNT);
    ReferenceOptimizers.adam(s, h, number(step), p, doubles(grad, s.n()), m1, v1);
    of(param).set(p);
    of(m).set(m1);
    of(v).set(v1);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    double[] values = doubles(x, n);
    of(norm).set(new double[] {ReferenceOptimizers.clipNorm(maxNorm, values)});
    of(x).set(values);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    of(norm).set(new double[] {ReferenceOptimizers.norm(doubles(x, n))});
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    double[] s = doubles(state, LossScaleSpec.COUNT);
    double[] values = doubles(x, n);
    ReferenceLossScale.unscale(values, s);
    of(x).set(values);
    of(state).set(s);
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    double[] s = doubles(state, LossScaleSpec.COUNT);
    ReferenceLossScale.update(spec, s);
    of(state).set(s);
  }

  @Override
  public void close() {}
}

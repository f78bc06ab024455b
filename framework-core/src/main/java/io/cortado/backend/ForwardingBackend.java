package io.cortado.backend;

import io.cortado.DType;
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
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands every call on to another backend, for subclasses that measure some or get one wrong.
 *
 * <p>It does not record work. Operations on parts of buffers take the way over {@link #slice}, so
 * that a subclass sees them.
 */
public class ForwardingBackend implements Backend {

  private final Backend delegate;

  /** Makes one in front of another, which it closes. */
  public ForwardingBackend(Backend delegate) {
    this.delegate = delegate;
  }

  /** Returns the backend behind this one. */
  protected final Backend delegate() {
    return delegate;
  }

  /** Runs an operation; all that compute pass here. */
  protected void call(String operation, Runnable work) {
    work.run();
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public String description() {
    return delegate.description();
  }

  @Override
  public MathPrecision precision() {
    return delegate.precision();
  }

  @Override
  public Buffer allocate(DType dtype, long length) {
    return delegate.allocate(dtype, length);
  }

  @Override
  public void release(Buffer buffer) {
    delegate.release(buffer);
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return delegate.slice(buffer, offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    call("upload", () -> delegate.upload(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    call("upload", () -> delegate.upload(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    call("download", () -> delegate.download(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    call("download", () -> delegate.download(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    call("copy", () -> delegate.copy(src, srcOffset, dst, dstOffset, length));
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    call("fill", () -> delegate.fill(dst, length, value));
  }

  @Override
  public void synchronize() {
    delegate.synchronize();
  }

  @Override
  public MemoryStats memory() {
    return delegate.memory();
  }

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    call("unary", () -> delegate.unary(op, n, x, y));
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
    call("unaryBackward", () -> delegate.unaryBackward(op, n, x, y, dy, beta, dx));
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    call("binary", () -> delegate.binary(spec, a, b, beta, out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    call("axpby", () -> delegate.axpby(n, alpha, x, beta, y));
  }

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    call("permute", () -> delegate.permute(spec, x, beta, y));
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    call("copyBlock", () -> delegate.copyBlock(spec, src, beta, dst));
  }

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    call("reduce", () -> delegate.reduce(spec, x, beta, y));
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    call("argMax", () -> delegate.argMax(spec, x, y));
  }

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    call("gemm", () -> delegate.gemm(spec, alpha, a, b, beta, c));
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    call("linear", () -> delegate.linear(spec, x, w, bias, y));
  }

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    call("conv", () -> delegate.conv(spec, x, w, bias, y));
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    call("convBackwardData", () -> delegate.convBackwardData(spec, dy, w, beta, dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    call("convBackwardFilter", () -> delegate.convBackwardFilter(spec, x, dy, beta, dw));
  }

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return delegate.poolReserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    call("pool", () -> delegate.pool(spec, x, y, reserve));
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
    call("poolBackward", () -> delegate.poolBackward(spec, x, y, reserve, dy, beta, dx));
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    call("maxPool", () -> delegate.maxPool(spec, samples, x, y, places));
  }

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
    call(
        "batchNormTrain",
        () ->
            delegate.batchNormTrain(
                spec, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd));
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
    call(
        "batchNormInfer",
        () -> delegate.batchNormInfer(spec, x, gamma, shift, mean, var, y, saveInvStd));
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
    call(
        "batchNormBackward",
        () ->
            delegate.batchNormBackward(
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
                dShift));
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
    call("norm", () -> delegate.norm(spec, x, gamma, shift, y, saveMean, saveInvStd));
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
    call(
        "normBackward",
        () ->
            delegate.normBackward(
                spec, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift));
  }

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    call("pointwise", () -> delegate.pointwise(spec, parameters, inputs, outputs));
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    call(
        "pointwiseReduce",
        () -> delegate.pointwiseReduce(spec, op, parameters, inputs, y, outputs));
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    call("lrn", () -> delegate.lrn(spec, x, y));
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    call("lrnBackward", () -> delegate.lrnBackward(spec, x, y, dy, beta, dx));
  }

  @Override
  public long rnnLayerReserveSize(RnnLayerSpec spec) {
    return delegate.rnnLayerReserveSize(spec);
  }

  @Override
  public void rnnLayer(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    call(
        "rnnLayer", () -> delegate.rnnLayer(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve));
  }

  @Override
  public void rnnLayerBackwardData(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer dy,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      List<RnnWeights> weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    call(
        "rnnLayerBackwardData",
        () ->
            delegate.rnnLayerBackwardData(
                spec, lengths, y, dy, h0, c0, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0,
                betaC, dc0));
  }

  @Override
  public void rnnLayerBackwardWeights(
      RnnLayerSpec spec,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    call(
        "rnnLayerBackwardWeights",
        () -> delegate.rnnLayerBackwardWeights(spec, x, h0, y, reserve, gradients));
  }

  @Override
  public long rnnReserveSize(RnnSpec spec) {
    return delegate.rnnReserveSize(spec);
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
    call("rnn", () -> delegate.rnn(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve));
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
    call(
        "rnnBackwardData",
        () ->
            delegate.rnnBackwardData(
                spec, lengths, dy, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0, betaC, dc0));
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
    call(
        "rnnBackwardWeights",
        () ->
            delegate.rnnBackwardWeights(
                spec,
                x,
                reserve,
                betaIh,
                dIh,
                betaHh,
                dHh,
                betaBiasIh,
                dBiasIh,
                betaBiasHh,
                dBiasHh));
  }

  @Override
  public void embedding(EmbeddingSpec spec, Buffer indices, Buffer table, Buffer y) {
    call("embedding", () -> delegate.embedding(spec, indices, table, y));
  }

  @Override
  public void embeddingBackward(
      EmbeddingSpec spec, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    call("embeddingBackward", () -> delegate.embeddingBackward(spec, indices, dy, beta, dTable));
  }

  @Override
  public void embeddingStore(EmbeddingSpec spec, Buffer indices, @Nullable Buffer y, Buffer table) {
    call("embeddingStore", () -> delegate.embeddingStore(spec, indices, y, table));
  }

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    call("softmax", () -> delegate.softmax(spec, x, y));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    call("softmaxBackward", () -> delegate.softmaxBackward(spec, y, dy, beta, dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    call("crossEntropy", () -> delegate.crossEntropy(spec, logits, targets, weight, loss, grad));
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    call(
        "crossEntropyProbabilities",
        () -> delegate.crossEntropyProbabilities(spec, logits, targets, weight, loss, grad));
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
    call(
        "pointwiseLoss",
        () -> delegate.pointwiseLoss(spec, x, target, weight, posWeight, loss, grad));
  }

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    call("dropout", () -> delegate.dropout(key, step, p, n, x, beta, y));
  }

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    call("advance", () -> delegate.advance(counter, skip));
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
    call("sgd", () -> delegate.sgd(spec, hyper, step, skip, param, grad, momentum));
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
    call("adam", () -> delegate.adam(spec, hyper, step, skip, param, grad, m, v));
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    call("clipNorm", () -> delegate.clipNorm(n, maxNorm, x, norm));
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    call("vectorNorm", () -> delegate.vectorNorm(n, x, norm));
  }

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    call("unscale", () -> delegate.unscale(n, x, state));
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    call("updateScale", () -> delegate.updateScale(spec, state));
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public boolean refusesIndices() {
    return delegate.refusesIndices();
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    call("findOutside", () -> delegate.findOutside(operation, extent, count, indices, found));
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    call("gather", () -> delegate.gather(spec, indices, x, beta, y));
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    call("scatterAdd", () -> delegate.scatterAdd(spec, indices, src, beta, y));
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
    call(
        "ctcLoss",
        () -> delegate.ctcLoss(spec, x, targets, inputLengths, targetLengths, losses, gradient));
  }

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    call("sort", () -> delegate.sort(spec, x, values, indices));
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    call("scan", () -> delegate.scan(spec, x, beta, y));
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    call("stridedCopy", () -> delegate.stridedCopy(spec, src, beta, dst));
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    call("triangle", () -> delegate.triangle(spec, x, beta, y));
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    call("random", () -> delegate.random(spec, key, step, y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    call("randomInts", () -> delegate.randomInts(key, step, low, range, n, y));
  }
}

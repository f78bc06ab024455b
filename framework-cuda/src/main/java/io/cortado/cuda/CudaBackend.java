package io.cortado.cuda;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.MemoryStats;
import io.cortado.backend.Recording;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnSequences;
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
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.blas.Blas;
import io.cortado.cuda.dnn.Dnn;
import io.cortado.cuda.kernels.BatchNormKernels;
import io.cortado.cuda.kernels.CastKernels;
import io.cortado.cuda.kernels.CtcKernels;
import io.cortado.cuda.kernels.ElementwiseKernels;
import io.cortado.cuda.kernels.EmbeddingKernels;
import io.cortado.cuda.kernels.IndexKernels;
import io.cortado.cuda.kernels.Kernels;
import io.cortado.cuda.kernels.LossKernels;
import io.cortado.cuda.kernels.LossScaleKernels;
import io.cortado.cuda.kernels.LrnKernels;
import io.cortado.cuda.kernels.NormKernels;
import io.cortado.cuda.kernels.OptimizerKernels;
import io.cortado.cuda.kernels.OrderKernels;
import io.cortado.cuda.kernels.PointwiseKernels;
import io.cortado.cuda.kernels.PoolKernels;
import io.cortado.cuda.kernels.RandomKernels;
import io.cortado.cuda.kernels.ReduceKernels;
import io.cortado.cuda.kernels.RnnKernels;
import java.util.List;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** The arithmetic and memory of one NVIDIA GPU. */
public final class CudaBackend implements Backend {

  private final CudaContext context;
  private final MathPrecision precision;
  private final Transfers transfers;
  private final Kernels kernels;
  private final ElementwiseKernels elementwise;
  private final PointwiseKernels programs;
  private final ReduceKernels reductions;
  private final RandomKernels random;
  private final LossKernels losses;
  private final OptimizerKernels optimizers;
  private final LossScaleKernels lossScaling;
  private final PoolKernels pools;
  private final BatchNormKernels batchNorms;
  private final NormKernels norms;
  private final LrnKernels lrns;
  private final IndexKernels indexing;
  private final OrderKernels ordering;
  private final CtcKernels ctc;
  private final CtcChoice ctcChoice;
  private final EmbeddingKernels embeddings;
  private final RnnSequences rnn;
  private final Blas blas;
  private final Dnn dnn;
  private boolean closed;

  private CudaBackend(CudaContext context, MathPrecision precision, CtcChoice ctcChoice) {
    this.context = context;
    this.precision = precision;
    this.ctcChoice = ctcChoice;
    transfers = new Transfers(context);
    kernels = new Kernels(context);
    elementwise = new ElementwiseKernels(kernels);
    programs = new PointwiseKernels(kernels);
    reductions = new ReduceKernels(kernels);
    random = new RandomKernels(kernels);
    losses = new LossKernels(kernels);
    optimizers = new OptimizerKernels(kernels);
    lossScaling = new LossScaleKernels(kernels);
    pools = new PoolKernels(kernels);
    batchNorms = new BatchNormKernels(kernels);
    norms = new NormKernels(kernels);
    lrns = new LrnKernels(kernels);
    indexing = new IndexKernels(kernels);
    ordering = new OrderKernels(kernels);
    ctc = new CtcKernels(kernels);
    embeddings = new EmbeddingKernels(kernels, indexing);
    RnnKernels rnnKernels = new RnnKernels(kernels);
    rnn = new RnnSequences(this, rnnKernels);
    CastKernels casts = precision.isSixteenBit() ? new CastKernels(kernels, precision) : null;
    blas = Blas.open(context, elementwise::biasActivation, precision, casts);
    try {
      dnn =
          Dnn.open(
              context,
              batchNorms,
              rnnKernels,
              ctc,
              elementwise::biasActivation,
              precision,
              casts,
              Dnn.WORKSPACE_LIMIT);
    } catch (RuntimeException e) {
      Closing.after(e, blas::close);
      throw e;
    }
  }

  /** Opens a device that computes the CTC loss by own kernels. */
  static CudaBackend open(BackendOptions options, boolean exact) {
    return open(options, exact, CtcChoice.OWN);
  }

  /**
   * Opens a device; the libraries have been loaded.
   *
   * @param exact whether memory is had in pieces of exactly the size asked for; see {@link
   *     CudaMemory}
   */
  static CudaBackend open(BackendOptions options, boolean exact, CtcChoice ctcChoice) {
    CudaContext context = CudaContext.open(options.ordinal(), exact);
    try {
      checkPrecision(context, options.precision());
      return new CudaBackend(context, options.precision(), ctcChoice);
    } catch (RuntimeException e) {
      Closing.after(e, context::close);
      throw e;
    }
  }

  /** What a device cannot do is an error, because nothing falls back silently. */
  private static void checkPrecision(CudaContext context, MathPrecision precision) {
    int major = context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    int needed =
        switch (precision) {
          case FLOAT32 -> 0;
          case FLOAT16 -> 7;
          case TF32, BFLOAT16 -> 8;
        };
    if (major < needed) {
      throw new BackendException(
          "precision %s needs a GPU of compute capability %d.0 or more, and this is %s: use %s"
              .formatted(
                  precision.label(),
                  needed,
                  context.description(),
                  major >= 7 ? "fp16 or fp32" : "fp32"));
    }
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    return precision == MathPrecision.FLOAT32
        ? context.description()
        : context.description() + ", precision " + precision.label();
  }

  @Override
  public MathPrecision precision() {
    return precision;
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer allocate(DType dtype, long length) {
    context.enter();
    return CudaBuffer.of(dtype, context.memory().allocate(multiply(length, dtype.bytes())));
  }

  /** More bytes than a long holds are more than there are, which the pool says better. */
  private static long multiply(long length, int bytes) {
    return length > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : length * bytes;
  }

  @Override
  public void release(Buffer buffer) {
    CudaBuffer whole = CudaBuffer.of(buffer);
    if (whole.isSlice()) {
      throw new IllegalArgumentException("a slice is not released: release what it is a slice of");
    }
    context.enter();
    context.memory().release(whole.block());
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    return CudaBuffer.of(buffer).slice(offset, length);
  }

  @Override
  public void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    context.enter();
    transfers.upload(src, srcOffset, CudaBuffer.of(dst), dstOffset, length);
  }

  @Override
  public void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length) {
    context.enter();
    transfers.upload(src, srcOffset, CudaBuffer.of(dst), dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length) {
    context.enter();
    transfers.download(CudaBuffer.of(src), srcOffset, dst, dstOffset, length);
  }

  @Override
  public void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length) {
    context.enter();
    transfers.download(CudaBuffer.of(src), srcOffset, dst, dstOffset, length);
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    if (length == 0) {
      return;
    }
    context.enter();
    CudaErrors.check(
        JCudaDriver.cuMemcpyDtoDAsync(
            CudaBuffer.of(dst).at(dstOffset),
            CudaBuffer.of(src).at(srcOffset),
            length * src.dtype().bytes(),
            context.stream()),
        "cuMemcpyDtoDAsync",
        "a copy of " + length + " elements");
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    if (length == 0) {
      return;
    }
    context.enter();
    CudaErrors.check(
        JCudaDriver.cuMemsetD32Async(
            CudaBuffer.of(dst).pointer(), Float.floatToRawIntBits(value), length, context.stream()),
        "cuMemsetD32Async",
        "filling " + length + " elements");
  }

  @Override
  public void synchronize() {
    context.enter();
    context.synchronize();
  }

  @Override
  public MemoryStats memory() {
    return context.memory().stats();
  }

  // ---------------------------------------------------------------- recording

  @Override
  public boolean canRecord() {
    return true;
  }

  @Override
  public Recording record(Runnable work) {
    context.enter();
    return context.record(work);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    context.enter();
    elementwise.unary(op, n, x, y);
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
    context.enter();
    elementwise.unaryBackward(op, n, x, y, dy, beta, dx);
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    context.enter();
    elementwise.binary(spec, a, b, beta, out);
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.axpby(n, alpha, x, beta, y);
  }

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.permute(spec, x, beta, y);
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    context.enter();
    elementwise.copyBlock(spec, src, beta, dst);
  }

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    context.enter();
    programs.pointwise(spec, parameters, inputs, outputs);
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    context.enter();
    programs.pointwiseReduce(spec, op, parameters, inputs, y, outputs);
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    reductions.reduce(spec, x, beta, y);
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    context.enter();
    reductions.argMax(spec, x, y);
  }

  // ---------------------------------------------------------------- matrices, convolution, pooling

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    context.enter();
    blas.gemm(spec, alpha, a, b, beta, c);
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    context.enter();
    blas.linear(spec, x, w, bias, y);
  }

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    context.enter();
    dnn.conv(spec, x, w, bias, y);
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    context.enter();
    dnn.convBackwardData(spec, dy, w, beta, dx);
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    context.enter();
    dnn.convBackwardFilter(spec, x, dy, beta, dw);
  }

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return PoolKernels.reserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    context.enter();
    if (Dnn.canPool(spec)) {
      dnn.pool(spec, x, y);
    } else {
      pools.pool(spec, x, y, reserve);
    }
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
    context.enter();
    if (Dnn.canPool(spec)) {
      dnn.poolBackward(spec, x, y, dy, beta, dx);
    } else {
      pools.poolBackward(spec, reserve, dy, beta, dx);
    }
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    context.enter();
    pools.maxPool(spec, samples, x, y, places);
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
    context.enter();
    dnn.batchNormTrain(
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
    context.enter();
    batchNorms.infer(spec, x, gamma, shift, mean, var, y, saveInvStd);
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
    context.enter();
    dnn.batchNormBackward(
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
    context.enter();
    norms.norm(spec, x, gamma, shift, y, saveMean, saveInvStd);
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
    context.enter();
    norms.normBackward(
        spec, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift);
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    context.enter();
    if (Dnn.canLrn(spec)) {
      dnn.lrn(spec, x, y);
    } else {
      lrns.lrn(spec, x, y);
    }
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    context.enter();
    if (Dnn.canLrn(spec)) {
      dnn.lrnBackward(spec, x, y, dy, beta, dx);
    } else {
      lrns.lrnBackward(spec, x, y, dy, beta, dx);
    }
  }

  // ---------------------------------------------------------------- recurrent layers

  @Override
  public long rnnLayerReserveSize(RnnLayerSpec spec) {
    context.enter();
    return dnn.canRnn(spec) ? dnn.rnnReserveSize(spec) : Backend.super.rnnLayerReserveSize(spec);
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
    context.enter();
    if (dnn.canRnn(spec)) {
      dnn.rnn(spec, x, h0, c0, weights, y, hn, cn, reserve);
    } else {
      Backend.super.rnnLayer(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
    }
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
    context.enter();
    if (dnn.canRnn(spec)) {
      dnn.rnnBackwardData(
          spec, y, dy, h0, c0, dhn, dcn, reserve, betaX, dx, betaH, dh0, betaC, dc0);
    } else {
      Backend.super.rnnLayerBackwardData(
          spec, lengths, y, dy, h0, c0, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0, betaC,
          dc0);
    }
  }

  @Override
  public void rnnLayerBackwardWeights(
      RnnLayerSpec spec,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    context.enter();
    if (dnn.canRnn(spec)) {
      dnn.rnnBackwardWeights(spec, x, h0, y, reserve, gradients);
    } else {
      Backend.super.rnnLayerBackwardWeights(spec, x, h0, y, reserve, gradients);
    }
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
    context.enter();
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
    context.enter();
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
    context.enter();
    rnn.backwardWeights(
        spec, x, reserve, betaIh, dIh, betaHh, dHh, betaBiasIh, dBiasIh, betaBiasHh, dBiasHh);
  }

  // ---------------------------------------------------------------- tables

  @Override
  public void embedding(EmbeddingSpec spec, Buffer indices, Buffer table, Buffer y) {
    context.enter();
    embeddings.embedding(spec, indices, table, y);
  }

  @Override
  public void embeddingBackward(
      EmbeddingSpec spec, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    context.enter();
    embeddings.embeddingBackward(spec, indices, dy, beta, dTable);
  }

  @Override
  public void embeddingStore(EmbeddingSpec spec, Buffer indices, @Nullable Buffer y, Buffer table) {
    context.enter();
    embeddings.embeddingStore(spec, indices, y, table);
  }

  // ---------------------------------------------------------------- places and order

  @Override
  public boolean refusesIndices() {
    return false;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    context.enter();
    indexing.findOutside(operation, extent, count, indices, found);
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    context.enter();
    indexing.gather(spec, indices, x, beta, y);
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    context.enter();
    indexing.scatterAdd(spec, indices, src, beta, y);
  }

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    context.enter();
    ordering.sort(spec, x, values, indices);
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
    context.enter();
    if (ctcChoice == CtcChoice.CUDNN && Dnn.canCtc(spec)) {
      dnn.ctcLoss(spec, x, targets, inputLengths, targetLengths, losses, gradient);
    } else {
      ctc.loss(spec, x, targets, inputLengths, targetLengths, losses, gradient);
    }
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    ordering.scan(spec, x, beta, y);
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    context.enter();
    elementwise.stridedCopy(spec, src, beta, dst);
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.triangle(spec, x, beta, y);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    context.enter();
    dnn.softmax(spec, x, y);
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    context.enter();
    dnn.softmaxBackward(spec, y, dy, beta, dx);
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    context.enter();
    losses.crossEntropy(spec, logits, targets, null, weight, loss, grad);
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    context.enter();
    losses.crossEntropy(spec, logits, null, targets, weight, loss, grad);
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
    context.enter();
    losses.pointwiseLoss(spec, x, target, weight, posWeight, loss, grad);
  }

  // ---------------------------------------------------------------- random and optimizers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    context.enter();
    random.dropout(key, step, p, n, x, beta, y);
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    context.enter();
    random.random(spec, key, step, y);
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    context.enter();
    random.randomInts(key, step, low, range, n, y);
  }

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    context.enter();
    optimizers.advance(counter, skip);
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
    context.enter();
    optimizers.sgd(spec, hyper, step, skip, param, grad, momentum);
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
    context.enter();
    optimizers.adam(spec, hyper, step, skip, param, grad, m, v);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    context.enter();
    optimizers.vectorNorm(n, x, norm);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    context.enter();
    optimizers.clipNorm(n, maxNorm, x, norm);
  }

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    context.enter();
    lossScaling.unscale(n, x, state);
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    context.enter();
    lossScaling.update(spec, state);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Closing closing = new Closing();
    closing.step(context::enter);
    closing.step(context::synchronize);
    closing.step(dnn::close);
    closing.step(blas::close);
    closing.step(transfers::close);
    closing.step(kernels::close);
    closing.step(context::close);
    closing.finish();
  }
}

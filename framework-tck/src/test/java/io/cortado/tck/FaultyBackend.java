package io.cortado.tck;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.backend.RnnGradients;
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
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gets one output of one operation wrong, in one of the ways that kernels do. */
final class FaultyBackend extends ForwardingBackend {

  /**
   * What is wrong.
   *
   * @param operation the method's name
   * @param output which of its outputs, from 0
   * @param kind how
   */
  record Fault(String operation, int output, Kind kind) {}

  /** The ways. */
  enum Kind {
    /** The last element is left as it was: a tail that no vector covered. */
    LAST_ELEMENT_LEFT,
    /** One element is off by a thousandth of itself and of 1: a term too few. */
    ONE_ELEMENT_OFF,
    /** The sign is wrong. */
    SIGN,
    /** One more element is written than there is. */
    ONE_TOO_MANY_WRITTEN,
    /** What lies before the output goes into it. */
    NEIGHBOUR_READ,
    /** What was there is multiplied by a beta of 0 instead of being overwritten. */
    OLD_TIMES_ZERO,
    /** Beta is taken for 0. */
    BETA_TAKEN_FOR_0,
    /** Beta is taken for 1. */
    BETA_TAKEN_FOR_1
  }

  /** Stands for the beta of outputs that have none. */
  static final float NO_BETA = Float.NaN;

  private record Slice(Buffer whole, long offset) {}

  private final Fault fault;
  private final Map<Buffer, Slice> slices = new IdentityHashMap<>();

  FaultyBackend(Backend delegate, Fault fault) {
    super(delegate);
    this.fault = fault;
  }

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    Buffer slice = super.slice(buffer, offset, length);
    slices.put(slice, new Slice(buffer, offset));
    return slice;
  }

  /** Returns beta, or what the fault makes of it. */
  private float beta(String operation, int output, float beta) {
    if (fault.operation().equals(operation) && fault.output() == output) {
      return switch (fault.kind()) {
        case BETA_TAKEN_FOR_0 -> 0;
        case BETA_TAKEN_FOR_1 -> 1;
        default -> beta;
      };
    }
    return beta;
  }

  /** Runs a call and spoils an output if this is the one. */
  private void spoil(
      String operation, int output, @Nullable Buffer out, long n, float beta, Runnable call) {
    if (out == null || !fault.operation().equals(operation) || fault.output() != output) {
      call.run();
      return;
    }
    int count = (int) n;
    float[] before = new float[count];
    float[] after = new float[count];
    download(out, 0, before, 0, count);
    call.run();
    download(out, 0, after, 0, count);
    switch (fault.kind()) {
      case LAST_ELEMENT_LEFT -> after[count - 1] = before[count - 1];
      case ONE_ELEMENT_OFF -> after[count / 2] += 1e-3f * (1 + Math.abs(after[count / 2]));
      case SIGN -> {
        for (int i = 0; i < count; i++) {
          after[i] = -after[i];
        }
      }
      case ONE_TOO_MANY_WRITTEN -> {
        Slice s = slices.get(out);
        if (s != null) {
          upload(new float[1], 0, s.whole(), s.offset() + n, 1);
        }
      }
      case NEIGHBOUR_READ -> {
        Slice s = slices.get(out);
        if (s != null) {
          float[] neighbour = new float[1];
          download(s.whole(), s.offset() - 1, neighbour, 0, 1);
          after[0] += 0 * neighbour[0];
        }
      }
      case OLD_TIMES_ZERO -> {
        for (int i = 0; beta == 0 && i < count; i++) {
          after[i] += beta * before[i];
        }
      }
      case BETA_TAKEN_FOR_0, BETA_TAKEN_FOR_1 -> {}
    }
    upload(after, 0, out, 0, count);
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    spoil("fill", 0, dst, length, NO_BETA, () -> super.fill(dst, length, value));
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    if (dst.dtype() == DType.FLOAT32) {
      long n = dstOffset + length;
      spoil("copy", 0, dst, n, NO_BETA, () -> super.copy(src, srcOffset, dst, dstOffset, length));
    } else {
      super.copy(src, srcOffset, dst, dstOffset, length);
    }
  }

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    spoil("unary", 0, y, n, NO_BETA, () -> super.unary(op, n, x, y));
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
    float b = beta("unaryBackward", 0, beta);
    spoil("unaryBackward", 0, dx, n, beta, () -> super.unaryBackward(op, n, x, y, dy, b, dx));
  }

  @Override
  public void binary(BinarySpec s, Buffer x, Buffer y, float beta, Buffer out) {
    float b = beta("binary", 0, beta);
    spoil("binary", 0, out, s.out().size(), beta, () -> super.binary(s, x, y, b, out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    float b = beta("axpby", 0, beta);
    spoil("axpby", 0, y, n, beta, () -> super.axpby(n, alpha, x, b, y));
  }

  @Override
  public void permute(PermuteSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("permute", 0, beta);
    spoil("permute", 0, y, s.in().size(), beta, () -> super.permute(s, x, b, y));
  }

  @Override
  public void copyBlock(CopySpec s, Buffer src, float beta, Buffer dst) {
    float b = beta("copyBlock", 0, beta);
    long n = s.dstOffset() + (s.rows() - 1) * s.dstStride() + s.width();
    spoil("copyBlock", 0, dst, n, beta, () -> super.copyBlock(s, src, b, dst));
  }

  @Override
  public void reduce(ReduceSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("reduce", 0, beta);
    spoil("reduce", 0, y, s.out().size(), beta, () -> super.reduce(s, x, b, y));
  }

  @Override
  public void argMax(AxisSpec s, Buffer x, Buffer y) {
    super.argMax(s, x, y);
    if (fault.operation().equals("argMax")) {
      int n = (int) (s.outer() * s.inner());
      Slice slice = slices.get(y);
      switch (fault.kind()) {
        case ONE_TOO_MANY_WRITTEN -> {
          if (slice != null) {
            upload(new int[1], 0, slice.whole(), slice.offset() + n, 1);
          }
        }
        default -> upload(new int[] {-1}, 0, y, n - 1, 1);
      }
    }
  }

  @Override
  public void gemm(GemmSpec s, float alpha, Buffer x, Buffer y, float beta, Buffer c) {
    float b = beta("gemm", 0, beta);
    long n = (s.batch() - 1) * s.strideC() + (s.m() - 1L) * s.ldc() + s.n();
    spoil("gemm", 0, c, n, beta, () -> super.gemm(s, alpha, x, y, b, c));
  }

  @Override
  public void linear(LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    long n = (long) s.rows() * s.out();
    spoil("linear", 0, y, n, NO_BETA, () -> super.linear(s, x, w, bias, y));
  }

  @Override
  public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    spoil("conv", 0, y, s.outputShape().size(), NO_BETA, () -> super.conv(s, x, w, bias, y));
  }

  @Override
  public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    float b = beta("convBackwardData", 0, beta);
    long n = s.inputShape().size();
    spoil("convBackwardData", 0, dx, n, beta, () -> super.convBackwardData(s, dy, w, b, dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    float b = beta("convBackwardFilter", 0, beta);
    long n = s.weightShape().size();
    spoil("convBackwardFilter", 0, dw, n, beta, () -> super.convBackwardFilter(s, x, dy, b, dw));
  }

  @Override
  public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    spoil("pool", 0, y, s.outputShape().size(), NO_BETA, () -> super.pool(s, x, y, reserve));
  }

  @Override
  public void poolBackward(
      PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve, Buffer dy, float beta, Buffer dx) {
    float b = beta("poolBackward", 0, beta);
    long n = s.inputShape().size();
    spoil("poolBackward", 0, dx, n, beta, () -> super.poolBackward(s, x, y, reserve, dy, b, dx));
  }

  @Override
  public void maxPool(MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    long n = s.outputSize();
    spoil("maxPool", 0, y, n, NO_BETA, () -> super.maxPool(s, samples, x, y, places));
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
    @Nullable Buffer[] outs = {y, saveMean, saveInvStd, runningMean, runningVar};
    int output = Math.min(fault.output(), outs.length - 1);
    long n = output == 0 ? s.count() * s.channels() : s.channels();
    spoil(
        "batchNormTrain",
        output,
        outs[output],
        n,
        NO_BETA,
        () ->
            super.batchNormTrain(
                s, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd));
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
    boolean first = fault.output() == 0;
    spoil(
        "batchNormInfer",
        fault.output(),
        first ? y : saveInvStd,
        first ? s.count() * s.channels() : s.channels(),
        NO_BETA,
        () -> super.batchNormInfer(s, x, gamma, shift, mean, var, y, saveInvStd));
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
    @Nullable Buffer[] outs = {dx, dGamma, dShift};
    float[] betas = {betaX, betaGamma, betaShift};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("batchNormBackward", 0, betaX);
    float b1 = beta("batchNormBackward", 1, betaGamma);
    float b2 = beta("batchNormBackward", 2, betaShift);
    spoil(
        "batchNormBackward",
        output,
        outs[output],
        output == 0 ? s.count() * s.channels() : s.channels(),
        betas[output],
        () ->
            super.batchNormBackward(
                s, batchStatistics, x, gamma, mean, invStd, dy, b0, dx, b1, dGamma, b2, dShift));
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
    @Nullable Buffer[] outs = {y, saveMean, saveInvStd};
    int output = Math.min(fault.output(), outs.length - 1);
    spoil(
        "norm",
        output,
        outs[output],
        output == 0 ? s.count() : s.rows(),
        NO_BETA,
        () -> super.norm(s, x, gamma, shift, y, saveMean, saveInvStd));
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
    @Nullable Buffer[] outs = {dx, dGamma, dShift};
    float[] betas = {betaX, betaGamma, betaShift};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("normBackward", 0, betaX);
    float b1 = beta("normBackward", 1, betaGamma);
    float b2 = beta("normBackward", 2, betaShift);
    spoil(
        "normBackward",
        output,
        outs[output],
        output == 0 ? s.count() : s.parameters(),
        betas[output],
        () -> super.normBackward(s, x, gamma, mean, invStd, dy, b0, dx, b1, dGamma, b2, dShift));
  }

  @Override
  public void pointwise(PointwiseSpec s, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    long n = s.output().size();
    Buffer second = outputs.length > 1 ? outputs[1] : null;
    Runnable call = () -> super.pointwise(s, parameters, inputs, outputs);
    Runnable spoiltSecond = () -> spoil("pointwise", 1, second, n, NO_BETA, call);
    spoil("pointwise", 0, outputs[0], n, NO_BETA, spoiltSecond);
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec s,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    long n = s.output().size();
    Buffer second = outputs.length > 0 ? outputs[0] : null;
    Runnable call = () -> super.pointwiseReduce(s, op, parameters, inputs, y, outputs);
    Runnable spoiltSecond = () -> spoil("pointwiseReduce", 1, second, n, NO_BETA, call);
    spoil("pointwiseReduce", 0, y, 1, NO_BETA, spoiltSecond);
  }

  @Override
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    spoil("lrn", 0, y, s.count(), NO_BETA, () -> super.lrn(s, x, y));
  }

  @Override
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    float b = beta("lrnBackward", 0, beta);
    spoil("lrnBackward", 0, dx, s.count(), beta, () -> super.lrnBackward(s, x, y, dy, b, dx));
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
    @Nullable Buffer[] outs = {y, hn, cn};
    int output = Math.min(fault.output(), outs.length - 1);
    spoil(
        "rnnLayer",
        output,
        outs[output],
        output == 0 ? spec.outputSize() : spec.statesSize(),
        NO_BETA,
        () -> super.rnnLayer(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve));
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
    @Nullable Buffer[] outs = {dx, dh0, dc0};
    float[] betas = {betaX, betaH, betaC};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("rnnLayerBackwardData", 0, betaX);
    float b1 = beta("rnnLayerBackwardData", 1, betaH);
    float b2 = beta("rnnLayerBackwardData", 2, betaC);
    spoil(
        "rnnLayerBackwardData",
        output,
        outs[output],
        output == 0 ? spec.inputSize() : spec.statesSize(),
        betas[output],
        () ->
            super.rnnLayerBackwardData(
                spec, lengths, y, dy, h0, c0, dhn, dcn, weights, reserve, b0, dx, b1, dh0, b2,
                dc0));
  }

  /** Outputs 0 to 3 are the first direction's, 4 to 7 the second's. */
  @Override
  public void rnnLayerBackwardWeights(
      RnnLayerSpec spec,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    List<RnnGradients> spoilt = new ArrayList<>();
    for (int d = 0; d < gradients.size(); d++) {
      RnnGradients g = gradients.get(d);
      spoilt.add(
          new RnnGradients(
              beta("rnnLayerBackwardWeights", 4 * d, g.betaIh()),
              g.ih(),
              beta("rnnLayerBackwardWeights", 4 * d + 1, g.betaHh()),
              g.hh(),
              beta("rnnLayerBackwardWeights", 4 * d + 2, g.betaBiasIh()),
              g.biasIh(),
              beta("rnnLayerBackwardWeights", 4 * d + 3, g.betaBiasHh()),
              g.biasHh()));
    }
    Runnable call = () -> super.rnnLayerBackwardWeights(spec, x, h0, y, reserve, spoilt);
    int direction = fault.output() / 4;
    if (direction >= gradients.size()) {
      call.run();
      return;
    }
    RnnGradients g = gradients.get(direction);
    @Nullable Buffer[] outs = {g.ih(), g.hh(), g.biasIh(), g.biasHh()};
    float[] betas = {g.betaIh(), g.betaHh(), g.betaBiasIh(), g.betaBiasHh()};
    int[] sizes = {spec.input(), spec.hidden(), 1, 1};
    int output = fault.output() % 4;
    spoil(
        "rnnLayerBackwardWeights",
        fault.output(),
        outs[output],
        (long) spec.width() * sizes[output],
        betas[output],
        call);
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
    @Nullable Buffer[] outs = {y, hn, cn};
    int output = Math.min(fault.output(), outs.length - 1);
    long states = spec.directions() * spec.stateSize();
    spoil(
        "rnn",
        output,
        outs[output],
        output == 0 ? spec.outputSize() : states,
        NO_BETA,
        () -> super.rnn(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve));
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
    @Nullable Buffer[] outs = {dx, dh0, dc0};
    float[] betas = {betaX, betaH, betaC};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("rnnBackwardData", 0, betaX);
    float b1 = beta("rnnBackwardData", 1, betaH);
    float b2 = beta("rnnBackwardData", 2, betaC);
    spoil(
        "rnnBackwardData",
        output,
        outs[output],
        output == 0 ? spec.inputSize() : spec.directions() * spec.stateSize(),
        betas[output],
        () ->
            super.rnnBackwardData(
                spec, lengths, dy, dhn, dcn, weights, reserve, b0, dx, b1, dh0, b2, dc0));
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
    @Nullable Buffer[] outs = {dIh, dHh, dBiasIh, dBiasHh};
    float[] betas = {betaIh, betaHh, betaBiasIh, betaBiasHh};
    int[] sizes = {spec.input(), spec.hidden(), 1, 1};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("rnnBackwardWeights", 0, betaIh);
    float b1 = beta("rnnBackwardWeights", 1, betaHh);
    float b2 = beta("rnnBackwardWeights", 2, betaBiasIh);
    float b3 = beta("rnnBackwardWeights", 3, betaBiasHh);
    spoil(
        "rnnBackwardWeights",
        output,
        outs[output],
        (long) spec.width() * sizes[output],
        betas[output],
        () ->
            super.rnnBackwardWeights(spec, x, reserve, b0, dIh, b1, dHh, b2, dBiasIh, b3, dBiasHh));
  }

  @Override
  public void embedding(EmbeddingSpec s, Buffer indices, Buffer table, Buffer y) {
    Runnable call = () -> super.embedding(s, indices, table, y);
    spoil("embedding", 0, y, s.outputSize(), NO_BETA, call);
  }

  @Override
  public void embeddingBackward(
      EmbeddingSpec s, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    float b = beta("embeddingBackward", 0, beta);
    Runnable call = () -> super.embeddingBackward(s, indices, dy, b, dTable);
    spoil("embeddingBackward", 0, dTable, s.tableSize(), beta, call);
  }

  @Override
  public void embeddingStore(EmbeddingSpec s, Buffer indices, @Nullable Buffer y, Buffer table) {
    Runnable call = () -> super.embeddingStore(s, indices, y, table);
    spoil("embeddingStore", 0, table, s.tableSize(), NO_BETA, call);
  }

  @Override
  public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
    spoil("softmax", 0, y, s.axis().size(), NO_BETA, () -> super.softmax(s, x, y));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    float b = beta("softmaxBackward", 0, beta);
    long n = s.axis().size();
    spoil("softmaxBackward", 0, dx, n, beta, () -> super.softmaxBackward(s, y, dy, b, dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    boolean first = fault.output() == 0;
    long losses = s.reduction() == Reduction.NONE ? s.rows() : 1;
    spoil(
        "crossEntropy",
        fault.output(),
        first ? loss : grad,
        first ? losses : s.rows() * s.classes(),
        NO_BETA,
        () -> super.crossEntropy(s, logits, targets, weight, loss, grad));
  }

  @Override
  public void ctcLoss(
      CtcSpec s,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    boolean first = fault.output() == 0;
    spoil(
        "ctcLoss",
        fault.output(),
        first ? losses : gradient,
        first ? s.batch() : s.size(),
        NO_BETA,
        () -> super.ctcLoss(s, x, targets, inputLengths, targetLengths, losses, gradient));
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    boolean first = fault.output() == 0;
    long losses = s.reduction() == Reduction.NONE ? s.rows() : 1;
    spoil(
        "crossEntropyProbabilities",
        fault.output(),
        first ? loss : grad,
        first ? losses : s.rows() * s.classes(),
        NO_BETA,
        () -> super.crossEntropyProbabilities(s, logits, targets, weight, loss, grad));
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
    boolean first = fault.output() == 0;
    spoil(
        "pointwiseLoss",
        fault.output(),
        first ? loss : grad,
        first && s.reduction() != Reduction.NONE ? 1 : s.n(),
        NO_BETA,
        () -> super.pointwiseLoss(s, x, target, weight, posWeight, loss, grad));
  }

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    float b = beta("dropout", 0, beta);
    spoil("dropout", 0, y, n, beta, () -> super.dropout(key, step, p, n, x, b, y));
  }

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    super.advance(counter, skip);
    if (fault.operation().equals("advance")) {
      upload(new int[] {-1}, 0, counter, fault.output(), 1);
    }
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
    @Nullable Buffer out = fault.output() == 0 ? param : momentum;
    Runnable call = () -> super.sgd(s, hyper, step, skip, param, grad, momentum);
    spoil("sgd", fault.output(), out, s.n(), NO_BETA, call);
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
    Buffer out = fault.output() == 0 ? param : fault.output() == 1 ? m : v;
    Runnable call = () -> super.adam(s, hyper, step, skip, param, grad, m, v);
    spoil("adam", fault.output(), out, s.n(), NO_BETA, call);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    boolean first = fault.output() == 0;
    Runnable call = () -> super.clipNorm(n, maxNorm, x, norm);
    spoil("clipNorm", fault.output(), first ? x : norm, first ? n : 1, NO_BETA, call);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    spoil("vectorNorm", 0, norm, 1, NO_BETA, () -> super.vectorNorm(n, x, norm));
  }

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    boolean first = fault.output() == 0;
    Runnable call = () -> super.unscale(n, x, state);
    // Of the state, the flag is the last number that may change.
    long extent = first ? n : LossScaleSpec.FOUND + 1;
    spoil("unscale", fault.output(), first ? x : state, extent, NO_BETA, call);
  }

  @Override
  public void updateScale(LossScaleSpec s, Buffer state) {
    Runnable call = () -> super.updateScale(s, state);
    spoil("updateScale", 0, state, LossScaleSpec.COUNT, NO_BETA, call);
  }

  @Override
  public void gather(IndexSpec s, Buffer indices, Buffer x, float beta, Buffer y) {
    float b = beta("gather", 0, beta);
    spoil("gather", 0, y, s.picked(), beta, () -> super.gather(s, indices, x, b, y));
  }

  @Override
  public void scatterAdd(IndexSpec s, Buffer indices, Buffer src, float beta, Buffer y) {
    float b = beta("scatterAdd", 0, beta);
    spoil("scatterAdd", 0, y, s.size(), beta, () -> super.scatterAdd(s, indices, src, b, y));
  }

  @Override
  public void sort(SortSpec s, Buffer x, Buffer values, Buffer indices) {
    spoil("sort", 0, values, s.outputSize(), NO_BETA, () -> super.sort(s, x, values, indices));
  }

  @Override
  public void scan(ScanSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("scan", 0, beta);
    spoil("scan", 0, y, s.axis().size(), beta, () -> super.scan(s, x, b, y));
  }

  @Override
  public void stridedCopy(StridedSpec s, Buffer src, float beta, Buffer dst) {
    float b = beta("stridedCopy", 0, beta);
    long last = s.dstOffset();
    for (int axis = 0; axis < s.extents().rank(); axis++) {
      last += Math.max(0, s.dstSteps().get(axis)) * (s.extents().dim(axis) - 1);
    }
    spoil("stridedCopy", 0, dst, last + 1, beta, () -> super.stridedCopy(s, src, b, dst));
  }

  @Override
  public void triangle(TriangleSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("triangle", 0, beta);
    spoil("triangle", 0, y, s.size(), beta, () -> super.triangle(s, x, b, y));
  }

  @Override
  public void random(RandomSpec s, RandomKey key, Buffer step, Buffer y) {
    spoil("random", 0, y, s.n(), NO_BETA, () -> super.random(s, key, step, y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    super.randomInts(key, step, low, range, n, y);
    if (fault.operation().equals("randomInts") && n > 0) {
      int[] last = new int[1];
      download(y, n - 1, last, 0, 1);
      last[0]++;
      upload(last, 0, y, n - 1, 1);
    }
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    long looked = fault.operation().equals("findOutside") ? count - 1 : count;
    super.findOutside(operation, extent, looked, indices, found);
  }
}

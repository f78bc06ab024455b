package io.cortado.cuda;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnSequences;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cuda.dnn.Dnn;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.kernels.EmbeddingKernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on sequences of {@link CudaBackend}. */
abstract class CudaSequenceOps extends CudaLayerOps {

  private final EmbeddingKernels embeddings;
  private final RnnSequences rnn;
  private final CtcChoice ctcChoice;

  CudaSequenceOps(
      CudaContext context, MathPrecision precision, CtcChoice ctcChoice, Limits limits) {
    super(context, precision, limits);
    this.ctcChoice = ctcChoice;
    embeddings = new EmbeddingKernels(kernels, indexing);
    rnn = new RnnSequences(this, rnnKernels);
  }

  // ---------------------------------------------------------------- embeddings

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

  // ---------------------------------------------------------------- recurrent layers

  @Override
  public long rnnLayerReserveSize(RnnLayerSpec spec) {
    context.enter();
    return dnn.canRnn(spec) ? dnn.rnnReserveSize(spec) : super.rnnLayerReserveSize(spec);
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
      super.rnnLayer(spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
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
      super.rnnLayerBackwardData(
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
      super.rnnLayerBackwardWeights(spec, x, h0, y, reserve, gradients);
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

  // ---------------------------------------------------------------- losses between sequences

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
      ctcKernels.loss(spec, x, targets, inputLengths, targetLengths, losses, gradient);
    }
  }
}

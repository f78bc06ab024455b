package io.cortado.backend;

import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on sequences of {@link ForwardingBackend}. */
abstract class ForwardingSequenceOps extends ForwardingLayerOps {

  ForwardingSequenceOps(Backend delegate) {
    super(delegate);
  }

  // ---------------------------------------------------------------- embeddings

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

  // ---------------------------------------------------------------- recurrent layers

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
    call(
        "ctcLoss",
        () -> delegate.ctcLoss(spec, x, targets, inputLengths, targetLengths, losses, gradient));
  }
}

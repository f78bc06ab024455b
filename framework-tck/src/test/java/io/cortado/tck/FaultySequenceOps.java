package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on sequences of {@link FaultyBackend}. */
abstract class FaultySequenceOps extends FaultyLayerOps {

  FaultySequenceOps(Backend delegate, Fault fault) {
    super(delegate, fault);
  }

  // ---------------------------------------------------------------- embeddings

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

  // ---------------------------------------------------------------- recurrent layers

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

  // ---------------------------------------------------------------- losses between sequences

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
}

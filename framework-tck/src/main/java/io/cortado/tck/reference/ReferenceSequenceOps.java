package io.cortado.tck.reference;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.RnnSpec;
import org.jspecify.annotations.Nullable;

/** The operations on sequences of {@link ReferenceBackend}. */
abstract class ReferenceSequenceOps extends ReferenceLayerOps {

  // ---------------------------------------------------------------- embeddings

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
}

package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.intsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.kernels.Ctc;
import io.cortado.cpu.kernels.Embedding;
import io.cortado.cpu.kernels.Rnn;
import io.cortado.cpu.kernels.RnnArrays;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** The operations on sequences of {@link CpuBackend}: unpacks buffers for the kernels. */
abstract class CpuSequenceOps extends CpuLayerOps {

  private final Embedding embedding;
  private final Ctc ctc;
  private final Rnn rnn;

  // Kept, so that no object is made for a call of a recurrent layer.
  private final RnnArrays.Lengths lengths = new RnnArrays.Lengths();
  private final RnnArrays.Weights weights = new RnnArrays.Weights();
  private final RnnArrays.Part first = new RnnArrays.Part();
  private final RnnArrays.Part second = new RnnArrays.Part();
  private final RnnArrays.Part third = new RnnArrays.Part();
  private final RnnArrays.Part fourth = new RnnArrays.Part();
  private final RnnArrays.Part fifth = new RnnArrays.Part();

  CpuSequenceOps(Simd simd, Workers workers) {
    super(simd, workers);
    VectorOps ops = simd.ops();
    embedding = new Embedding(ops, workers);
    rnn = new Rnn(simd.rnn(), ops, workers);
    ctc = new Ctc(ops, workers);
  }

  // ---------------------------------------------------------------- embeddings

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

  // ---------------------------------------------------------------- recurrent layers

  private static RnnArrays.Part part(RnnArrays.Part part, @Nullable Buffer buffer, float beta) {
    return part.set(floatsOrNull(buffer), offset(buffer), beta);
  }

  private RnnArrays.Lengths lengthsOf(@Nullable Buffer buffer) {
    return lengths.set(intsOrNull(buffer), offset(buffer));
  }

  private RnnArrays.Weights weightsOf(RnnWeights w) {
    return weights.set(
        floats(w.ih()),
        offset(w.ih()),
        floats(w.hh()),
        offset(w.hh()),
        floatsOrNull(w.biasIh()),
        offset(w.biasIh()),
        floatsOrNull(w.biasHh()),
        offset(w.biasHh()));
  }

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
    rnn.forward(
        spec,
        lengthsOf(lengths),
        floats(x),
        offset(x),
        part(first, h0, 0),
        part(second, c0, 0),
        weightsOf(weights),
        floats(y),
        offset(y),
        floats(hn),
        offset(hn),
        part(third, cn, 0),
        part(fourth, reserve, 0));
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
        spec,
        lengthsOf(lengths),
        floats(dy),
        offset(dy),
        part(first, dhn, 0),
        part(second, dcn, 0),
        weightsOf(weights),
        floats(reserve),
        offset(reserve),
        part(third, dx, betaX),
        part(fourth, dh0, betaH),
        part(fifth, dc0, betaC));
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
        spec,
        floats(x),
        offset(x),
        floats(reserve),
        offset(reserve),
        part(first, dIh, betaIh),
        part(second, dHh, betaHh),
        part(third, dBiasIh, betaBiasIh),
        part(fourth, dBiasHh, betaBiasHh));
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
}

package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.intsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.kernels.Rnn;
import io.cortado.cpu.kernels.RnnArrays;
import org.jspecify.annotations.Nullable;

/** Gives the kernels of recurrent layers their arrays. */
final class Recurrence {

  private final Rnn rnn;

  // Kept, so that no object is made for a call.
  private final RnnArrays.Lengths lengths = new RnnArrays.Lengths();
  private final RnnArrays.Weights weights = new RnnArrays.Weights();
  private final RnnArrays.Part first = new RnnArrays.Part();
  private final RnnArrays.Part second = new RnnArrays.Part();
  private final RnnArrays.Part third = new RnnArrays.Part();
  private final RnnArrays.Part fourth = new RnnArrays.Part();
  private final RnnArrays.Part fifth = new RnnArrays.Part();

  Recurrence(Rnn rnn) {
    this.rnn = rnn;
  }

  private static RnnArrays.Part set(RnnArrays.Part part, @Nullable Buffer buffer, float beta) {
    return part.set(floatsOrNull(buffer), offset(buffer), beta);
  }

  private RnnArrays.Lengths set(@Nullable Buffer buffer) {
    return lengths.set(intsOrNull(buffer), offset(buffer));
  }

  private RnnArrays.Weights set(RnnWeights w) {
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

  long reserveSize(RnnSpec spec) {
    return rnn.reserveSize(spec);
  }

  void forward(
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
        set(lengths),
        floats(x),
        offset(x),
        set(first, h0, 0),
        set(second, c0, 0),
        set(weights),
        floats(y),
        offset(y),
        floats(hn),
        offset(hn),
        set(third, cn, 0),
        set(fourth, reserve, 0));
  }

  void backwardData(
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
        set(lengths),
        floats(dy),
        offset(dy),
        set(first, dhn, 0),
        set(second, dcn, 0),
        set(weights),
        floats(reserve),
        offset(reserve),
        set(third, dx, betaX),
        set(fourth, dh0, betaH),
        set(fifth, dc0, betaC));
  }

  void backwardWeights(
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
        set(first, dIh, betaIh),
        set(second, dHh, betaHh),
        set(third, dBiasIh, betaBiasIh),
        set(fourth, dBiasHh, betaBiasHh));
  }
}

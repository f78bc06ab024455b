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

  Recurrence(Rnn rnn) {
    this.rnn = rnn;
  }

  private static RnnArrays.Part part(@Nullable Buffer buffer) {
    return buffer == null
        ? RnnArrays.Part.NONE
        : new RnnArrays.Part(floats(buffer), offset(buffer));
  }

  private static RnnArrays.Target target(@Nullable Buffer buffer, float beta) {
    return buffer == null
        ? RnnArrays.Target.NONE
        : new RnnArrays.Target(floats(buffer), offset(buffer), beta);
  }

  private static RnnArrays.Lengths lengths(@Nullable Buffer buffer) {
    return new RnnArrays.Lengths(intsOrNull(buffer), offset(buffer));
  }

  private static RnnArrays.Weights weights(RnnWeights w) {
    return new RnnArrays.Weights(
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
        lengths(lengths),
        floats(x),
        offset(x),
        part(h0),
        part(c0),
        weights(weights),
        floats(y),
        offset(y),
        floats(hn),
        offset(hn),
        part(cn),
        part(reserve));
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
        lengths(lengths),
        floats(dy),
        offset(dy),
        part(dhn),
        part(dcn),
        weights(weights),
        floats(reserve),
        offset(reserve),
        target(dx, betaX),
        target(dh0, betaH),
        target(dc0, betaC));
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
        target(dIh, betaIh),
        target(dHh, betaHh),
        target(dBiasIh, betaBiasIh),
        target(dBiasHh, betaBiasHh));
  }
}

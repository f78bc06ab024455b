package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.intsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnCell;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.kernels.RnnGates;
import org.jspecify.annotations.Nullable;

/** Gives the gates of recurrent layers their arrays. */
final class Recurrence implements RnnCell {

  private final RnnGates gates;

  Recurrence(RnnGates gates) {
    this.gates = gates;
  }

  @Override
  public void forward(
      RnnSpec s,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer recurrent,
      @Nullable Buffer biasIh,
      @Nullable Buffer biasHh,
      Buffer y) {
    gates.at(s, t, intsOrNull(lengths), offset(lengths), floats(reserve), offset(reserve));
    gates.forward(
        floats(recurrent),
        offset(recurrent),
        floatsOrNull(biasIh),
        offset(biasIh),
        floatsOrNull(biasHh),
        offset(biasHh),
        floats(y),
        offset(y));
  }

  @Override
  public void backward(
      RnnSpec s,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer dy,
      Buffer dh,
      @Nullable Buffer dc) {
    gates.at(s, t, intsOrNull(lengths), offset(lengths), floats(reserve), offset(reserve));
    gates.backward(floats(dy), offset(dy), floats(dh), offset(dh), floatsOrNull(dc), offset(dc));
  }
}

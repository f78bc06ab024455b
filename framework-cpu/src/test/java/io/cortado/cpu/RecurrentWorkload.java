package io.cortado.cpu;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnSpec;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Recurrent layers there and back: a part of {@link Workload}. */
record RecurrentWorkload(
    Backend backend,
    IntFunction<Buffer> numbers,
    IntFunction<Buffer> outputs,
    BiConsumer<String, Runnable> operations) {

  private static final int STEPS = 5;
  private static final int INPUT = 13;

  void add(int batch, int hidden) {
    int[] lengths = new int[batch];
    Arrays.setAll(lengths, i -> 1 + i % STEPS);
    Buffer some = backend.allocate(DType.INT32, batch);
    backend.upload(lengths, 0, some, 0, batch);
    for (RnnSpec.Kind kind : RnnSpec.Kind.values()) {
      add(new RnnSpec(kind, STEPS, batch, INPUT, hidden, 0, 1), null);
      add(new RnnSpec(kind, STEPS, batch, INPUT, hidden, 1, 2), some);
    }
  }

  private Buffer numbers(long n) {
    return numbers.apply((int) n);
  }

  private Buffer output(long n) {
    return outputs.apply((int) n);
  }

  private void add(RnnSpec s, @Nullable Buffer lengths) {
    long states = s.directions() * s.stateSize();
    boolean lstm = s.kind() == RnnSpec.Kind.LSTM;
    RnnWeights weights =
        new RnnWeights(
            numbers((long) s.width() * s.input()),
            numbers((long) s.width() * s.hidden()),
            numbers(s.width()),
            numbers(s.width()));
    Buffer x = numbers(s.inputSize());
    Buffer dy = numbers(s.outputSize());
    Buffer h = numbers(states);
    Buffer y = output(s.outputSize());
    Buffer hn = output(states);
    Buffer cn = lstm ? output(states) : null;
    Buffer dx = output(s.inputSize());
    Buffer dh = output(states);
    Buffer dc = lstm ? output(states) : null;
    Buffer dIh = output((long) s.width() * s.input());
    Buffer dHh = output((long) s.width() * s.hidden());
    Buffer dBias = output(s.width());
    Buffer reserve = backend.allocate(DType.FLOAT32, backend.rnnReserveSize(s));
    Buffer c = lstm ? h : null;
    operations.accept(
        s.kind() + (lengths == null ? "" : " of different lengths"),
        () -> {
          backend.rnn(s, lengths, x, h, c, weights, y, hn, cn, reserve);
          backend.rnnBackwardData(s, lengths, dy, h, c, weights, reserve, 0, dx, 1, dh, 0, dc);
          backend.rnnBackwardWeights(s, x, reserve, 0, dIh, 0, dHh, 0, dBias, 0, null);
        });
  }
}

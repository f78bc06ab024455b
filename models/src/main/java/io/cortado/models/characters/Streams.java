package io.cortado.models.characters;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.data.Field;
import java.util.List;

/**
 * A text cut into streams of equal length, which are read side by side, some characters at a time.
 *
 * <p>A part begins where the one before ended, so that the states carry over.
 *
 * @param text characters by number
 * @param batch how many streams
 * @param length characters of a part
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Streams(int[] text, int batch, int length) implements BatchSource {

  private static final List<String> FIELDS = List.of(Field.INPUTS, Field.LABELS);

  /** Returns how many whole parts there are. */
  int parts() {
    return (text.length / batch - 1) / length;
  }

  @Override
  public int batches(int epoch) {
    return parts();
  }

  @Override
  public int samples(int epoch) {
    return parts() * length * batch;
  }

  @Override
  public Batches epoch(Device device, int epoch, int fromBatch) {
    return Batches.made(device, fromBatch, parts(), this::part);
  }

  /**
   * Returns characters {@code [length, batch]}, and those that come next, {@code [length * batch]}.
   */
  private Batch part(Scope scope, int part) {
    int n = length * batch;
    return Batch.of(
        part, n, FIELDS, scope.tensor(inputs(part), length, batch), scope.tensor(targets(part), n));
  }

  /** Returns a part's characters, {@code [length, batch]}. */
  int[] inputs(int part) {
    return read(part * length);
  }

  /** Returns the characters that come next, {@code [length * batch]}. */
  int[] targets(int part) {
    return read(part * length + 1);
  }

  private int[] read(int from) {
    int stream = text.length / batch;
    int[] values = new int[length * batch];
    for (int t = 0; t < length; t++) {
      for (int b = 0; b < batch; b++) {
        values[t * batch + b] = text[b * stream + from + t];
      }
    }
    return values;
  }
}

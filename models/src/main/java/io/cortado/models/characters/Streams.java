package io.cortado.models.characters;

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
record Streams(int[] text, int batch, int length) {

  /** Returns how many whole parts there are. */
  int parts() {
    return (text.length / batch - 1) / length;
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

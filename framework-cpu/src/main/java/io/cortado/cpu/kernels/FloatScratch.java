package io.cortado.cpu.kernels;

/**
 * Memory that grows to what is asked for and is then kept, so that a steady loop allocates nothing.
 */
final class FloatScratch {

  private float[] data = new float[0];

  /** Returns an array of at least {@code length} elements, contents undefined. */
  float[] get(int length) {
    if (data.length < length) {
      data = new float[length];
    }
    return data;
  }

  /** Makes one for each of {@code count} workers. */
  static FloatScratch[] each(int count) {
    FloatScratch[] all = new FloatScratch[count];
    for (int i = 0; i < count; i++) {
      all[i] = new FloatScratch();
    }
    return all;
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.BackendException;

/**
 * Memory that grows to what is asked for and is then kept, so that a steady loop allocates nothing.
 */
final class FloatScratch {

  private static final float[] NONE = {};

  private float[] data = NONE;

  /**
   * Returns an array of at least {@code length} elements, contents undefined.
   *
   * @throws BackendException if there is no memory for it
   */
  float[] get(int length) {
    if (data.length < length) {
      data = NONE;
      try {
        data = new float[length];
      } catch (OutOfMemoryError e) {
        throw exhausted((long) length * Float.BYTES, e);
      }
    }
    return data;
  }

  /** Says how much memory an operation wanted for itself, and what helps. */
  static BackendException exhausted(long bytes, OutOfMemoryError cause) {
    return new BackendException(
        "out of memory: an operation needs %d bytes to work in, beside its tensors and the buffers kept for the next step; the heap's limit is %d; raise it (java -Xmx...), or use a smaller batch"
            .formatted(bytes, Runtime.getRuntime().maxMemory()),
        cause);
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

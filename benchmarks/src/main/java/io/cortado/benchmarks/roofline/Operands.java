package io.cortado.benchmarks.roofline;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;

/**
 * What the kernels work on: {@code rows x cols} numbers, and views of them.
 *
 * @param backend the backend that is measured
 * @param rows rows
 * @param cols numbers of a row, a multiple of 512
 */
record Operands(Backend backend, int rows, int cols) {

  /** Channels of the view as images. */
  static final int CHANNELS = 64;

  int n() {
    return rows * cols;
  }

  Shape shape() {
    return Shape.of(rows, cols);
  }

  /** Images of the view {@code [images, CHANNELS, pixels]}. */
  int images() {
    return Math.max(1, rows / 16);
  }

  int pixels() {
    return n() / images() / CHANNELS;
  }

  /** Makes n numbers between 0.05 and 0.95, which every function here takes. */
  Buffer numbers(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 0.5f + 0.45f * (float) Math.sin(1.7 * i);
    }
    Buffer buffer = backend.allocate(DType.FLOAT32, n);
    backend.upload(values, 0, buffer, 0, n);
    return buffer;
  }

  Buffer numbers() {
    return numbers(n());
  }

  /** Makes n integers below a limit, scattered. */
  Buffer indices(int n, int limit) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = (int) (i * 2654435761L % limit);
    }
    Buffer buffer = backend.allocate(DType.INT32, n);
    backend.upload(values, 0, buffer, 0, n);
    return buffer;
  }

  Buffer words(int... values) {
    Buffer buffer = backend.allocate(DType.INT32, values.length);
    backend.upload(values, 0, buffer, 0, values.length);
    return buffer;
  }

  Buffer floats(float... values) {
    Buffer buffer = backend.allocate(DType.FLOAT32, values.length);
    backend.upload(values, 0, buffer, 0, values.length);
    return buffer;
  }
}

package io.cortado.io;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor that is to be written into a file: fetched from its device, or copied from an array,
 * piece by piece.
 */
final class StoredTensor {

  private static final int CHUNK = 1 << 16;

  /** Where the elements come from. */
  private sealed interface Source {
    record OnDevice(Tensor tensor) implements Source {}

    record Floats(float[] values) implements Source {}

    record Ints(int[] values) implements Source {}
  }

  private final DType dtype;
  private final Shape shape;
  private final Source source;

  private StoredTensor(DType dtype, Shape shape, Source source) {
    this.dtype = dtype;
    this.shape = shape;
    this.source = source;
  }

  static StoredTensor of(Tensor tensor) {
    return new StoredTensor(tensor.dtype(), tensor.shape(), new Source.OnDevice(tensor));
  }

  static StoredTensor of(String name, float[] values, int[] dims) {
    Shape shape = checked(name, values.length, dims);
    return new StoredTensor(DType.FLOAT32, shape, new Source.Floats(values));
  }

  static StoredTensor of(String name, int[] values, int[] dims) {
    Shape shape = checked(name, values.length, dims);
    return new StoredTensor(DType.INT32, shape, new Source.Ints(values));
  }

  private static Shape checked(String name, int values, int[] dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() != values) {
      throw new IllegalArgumentException(
          "add: "
              + values
              + " values for \""
              + name
              + "\" "
              + shape
              + ", which holds "
              + shape.size());
    }
    return shape;
  }

  StoredType type() {
    return StoredType.of(dtype);
  }

  Shape shape() {
    return shape;
  }

  /** Returns how many bytes {@link #writeTo} writes. */
  long bytes() {
    return shape.size() * dtype.bytes();
  }

  /** Writes the elements in row-major order, little-endian. */
  void writeTo(OutputStream out) throws IOException {
    Chunk chunk = new Chunk((int) Math.min(CHUNK, shape.size()));
    for (long at = 0; at < shape.size(); at += CHUNK) {
      chunk.write(source, at, (int) Math.min(CHUNK, shape.size() - at), out);
    }
  }

  /** Room for some elements on their way from a device into bytes. */
  private static final class Chunk {
    private final float[] floats;
    private final int[] ints;
    private final ByteBuffer bytes;

    Chunk(int n) {
      floats = new float[n];
      ints = new int[n];
      bytes = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
    }

    void write(Source source, long at, int n, OutputStream out) throws IOException {
      switch (source) {
        case Source.Floats s -> bytes.asFloatBuffer().put(s.values, (int) at, n);
        case Source.Ints s -> bytes.asIntBuffer().put(s.values, (int) at, n);
        case Source.OnDevice s -> {
          Backend backend = s.tensor.device().backend();
          if (s.tensor.dtype() == DType.FLOAT32) {
            backend.download(s.tensor.buffer(), at, floats, 0, n);
            bytes.asFloatBuffer().put(floats, 0, n);
          } else {
            backend.download(s.tensor.buffer(), at, ints, 0, n);
            bytes.asIntBuffer().put(ints, 0, n);
          }
        }
      }
      out.write(bytes.array(), 0, 4 * n);
    }
  }
}

package io.cortado.models.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cortado.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor of a file.
 *
 * @param floats its values, if it is of single precision
 * @param wholes its values, if it is of whole numbers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredWeight(String name, Shape shape, boolean isWhole, float[] floats, long[] wholes) {

  /**
   * Puts one together.
   *
   * @param raw its bytes; empty if its values stand apart
   */
  static StoredWeight of(
      OnnxSummary.Value described, ByteString raw, List<Float> floats, List<Long> wholes)
      throws InvalidProtocolBufferException {
    String what = "the tensor '" + described.name() + "' ";
    int size = 1;
    int[] dims = new int[described.dims().size()];
    for (int a = 0; a < dims.length; a++) {
      long extent = Long.parseLong(described.dims().get(a));
      if (extent < 0 || extent > Integer.MAX_VALUE || size * extent > Integer.MAX_VALUE) {
        throw new InvalidProtocolBufferException(what + "has extents " + described.dims());
      }
      dims[a] = (int) extent;
      size *= dims[a];
    }
    Shape shape = dims.length == 0 ? Shape.scalar() : Shape.of(dims);
    int width =
        switch (described.type()) {
          case "FLOAT", "INT32" -> 4;
          case "INT64" -> 8;
          case "BOOL" -> 1;
          default ->
              throw new InvalidProtocolBufferException(
                  what
                      + "is of "
                      + described.type()
                      + ", and FLOAT, INT32, INT64 and BOOL are read: export it as one of these");
        };
    boolean whole = !described.type().equals("FLOAT");
    long there = !raw.isEmpty() ? raw.size() : (long) width * (whole ? wholes : floats).size();
    if (there != (long) width * size) {
      throw new InvalidProtocolBufferException(
          what + "has %s, but %d bytes of values".formatted(shape, there));
    }
    float[] f = new float[whole ? 0 : size];
    long[] w = new long[whole ? size : 0];
    ByteBuffer bytes = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      if (!whole) {
        f[i] = raw.isEmpty() ? floats.get(i) : bytes.getFloat();
      } else if (raw.isEmpty()) {
        w[i] = wholes.get(i);
      } else {
        w[i] = width == 8 ? bytes.getLong() : width == 4 ? bytes.getInt() : bytes.get();
      }
    }
    return new StoredWeight(described.name(), shape, whole, f, w);
  }
}

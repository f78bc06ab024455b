package io.cortado.io;

import io.cortado.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns the stored elements of a tensor, little-endian, into those that are computed with.
 *
 * @param source the file, for messages
 * @param name the tensor's name, for messages
 * @param type what is stored
 * @param offset where its first element is in the file, or negative if that is not known
 */
record StoredElements(String source, String name, StoredType type, long offset) {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Makes floats of elements.
   *
   * @param from the bytes of the elements
   * @param first which element of the tensor the first of them is, for messages
   * @throws FileException if one is too large for a float
   */
  void decode(MemorySegment from, long first, float[] dst, int dstOffset, int count) {
    if (type == StoredType.F32) {
      MemorySegment.copy(from, FLOAT, 0, dst, dstOffset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      dst[dstOffset + i] =
          switch (type) {
            case F16 -> Float.float16ToFloat(from.get(SHORT, 2L * i));
            case BF16 -> Float.intBitsToFloat(from.get(SHORT, 2L * i) << 16);
            default -> narrow(first + i, from.get(DOUBLE, 8L * i));
          };
    }
  }

  /**
   * Makes integers of elements.
   *
   * @param from the bytes of the elements
   * @param first which element of the tensor the first of them is, for messages
   * @throws FileException if one is too large for an int
   */
  void decode(MemorySegment from, long first, int[] dst, int dstOffset, int count) {
    if (type == StoredType.I32) {
      MemorySegment.copy(from, INT, 0, dst, dstOffset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      dst[dstOffset + i] =
          switch (type) {
            case I8 -> from.get(ValueLayout.JAVA_BYTE, i);
            case U8, BOOL -> from.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
            case I16 -> from.get(SHORT, 2L * i);
            case U16 -> from.get(SHORT, 2L * i) & 0xFFFF;
            case U32 -> narrow(first + i, from.get(INT, 4L * i) & 0xFFFFFFFFL, false);
            case U64 -> narrow(first + i, from.get(LONG, 8L * i), true);
            default -> narrow(first + i, from.get(LONG, 8L * i), false);
          };
    }
  }

  private float narrow(long index, double value) {
    float f = (float) value;
    if (Float.isInfinite(f) && !Double.isInfinite(value)) {
      throw misfit(index, Double.toString(value));
    }
    return f;
  }

  private int narrow(long index, long value, boolean unsigned) {
    if (unsigned && value < 0 || (int) value != value) {
      throw misfit(index, unsigned ? Long.toUnsignedString(value) : Long.toString(value));
    }
    return (int) value;
  }

  private FileException misfit(long index, String value) {
    return bad(
        index,
        "element "
            + index
            + " of tensor \""
            + name
            + "\" is "
            + value
            + ", too large for "
            + type.readAs(),
        "convert the tensor where the file is made");
  }

  /** Says that elements of this type cannot be had as another. */
  FileException cannotBe(DType wanted) {
    return bad(
        0,
        "tensor \"" + name + "\" holds " + type + ", which cannot be read as " + wanted,
        "convert it to " + StoredType.of(wanted) + " where the file is made");
  }

  /** Says what is wrong at an element. */
  FileException bad(long index, String reason, String remedy) {
    return offset < 0
        ? FileException.of(source, reason, remedy)
        : FileException.at(source, offset + index * (type.bits() / 8), reason, remedy);
  }
}

package io.cortado.io;

import io.cortado.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The head of an array in NumPy's format, versions 1.0 to 3.0.
 *
 * @param type what is stored
 * @param fortranOrder whether the first axis is contiguous, not the last
 * @param shape the array's extents
 * @param length the bytes before the first element
 * @see <a
 *     href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
record NpyHeader(StoredType type, boolean fortranOrder, Shape shape, int length) {

  /** The longest header that is read, in bytes; NumPy's own limit. */
  static final int MAX_BYTES = 10_000;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy starts the elements at multiples of this, so that they can be mapped into memory. */
  private static final int ALIGNMENT = 64;

  /** Digits that NumPy leaves room for, so that an array can grow in place along one axis. */
  private static final int GROWTH_DIGITS = 21;

  static final String BROKEN = "the file is damaged or not NumPy's: get it again";

  /**
   * Reads a header; the stream stands at the first element then.
   *
   * @throws FileException if it is not sound
   */
  static NpyHeader read(String source, InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
      throw FileException.at(source, 0, "does not start as an array of NumPy's", BROKEN);
    }
    int major = start[MAGIC.length];
    int minor = start[MAGIC.length + 1];
    if (major < 1 || major > 3 || minor != 0) {
      throw FileException.at(
          source,
          MAGIC.length,
          "is of version " + (major & 0xFF) + "." + (minor & 0xFF) + " of the format",
          "versions 1.0, 2.0 and 3.0 are read: save the array anew by numpy.save");
    }
    int lengthBytes = major == 1 ? 2 : 4;
    byte[] length = in.readNBytes(lengthBytes);
    long claimed = 0;
    for (int i = length.length - 1; i >= 0; i--) {
      claimed = claimed << 8 | length[i] & 0xFF;
    }
    int begin = start.length + lengthBytes;
    if (length.length < lengthBytes || claimed > MAX_BYTES) {
      throw FileException.at(
          source,
          start.length,
          "the header claims " + claimed + " bytes, at most " + MAX_BYTES + " are read",
          BROKEN);
    }
    byte[] text = in.readNBytes((int) claimed);
    if (text.length < claimed) {
      throw FileException.at(
          source,
          start.length,
          "the header claims " + claimed + " bytes, but only " + text.length + " follow",
          "the file is cut short: get it again");
    }
    String header =
        new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return new NpyHeaderParser(source, header, begin).parse();
  }

  /** Returns how many bytes the elements take. */
  long dataBytes() {
    return shape.size() * (type.bits() / 8);
  }

  /** Returns the bytes that stand before an array in row-major order, as numpy.save writes them. */
  static byte[] write(StoredType type, Shape shape) {
    StringBuilder s = new StringBuilder("{'descr': '");
    s.append(descr(type)).append("', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape.rank(); i++) {
      s.append(i == 0 ? "" : " ").append(shape.dim(i));
      s.append(i + 1 < shape.rank() || i == 0 ? "," : "");
    }
    s.append("), }");
    if (shape.rank() > 0) {
      s.append(" ".repeat(GROWTH_DIGITS - Integer.toString(shape.dim(0)).length()));
    }
    int before = MAGIC.length + 4;
    int total = Math.ceilDiv(before + s.length() + 1, ALIGNMENT) * ALIGNMENT;
    int length = total - before;
    s.append(" ".repeat(length - 1 - s.length())).append('\n');
    byte[] out = Arrays.copyOf(MAGIC, total);
    out[MAGIC.length] = 1;
    out[MAGIC.length + 2] = (byte) length;
    out[MAGIC.length + 3] = (byte) (length >> 8);
    System.arraycopy(s.toString().getBytes(StandardCharsets.US_ASCII), 0, out, before, length);
    return out;
  }

  /** Returns NumPy's name of a type. */
  private static String descr(StoredType type) {
    return switch (type) {
      case F32 -> "<f4";
      case I32 -> "<i4";
      default -> throw new IllegalArgumentException("arrays of " + type + " are not written");
    };
  }
}

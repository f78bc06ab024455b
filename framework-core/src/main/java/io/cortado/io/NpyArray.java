package io.cortado.io;

import io.cortado.DType;
import io.cortado.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An array in NumPy's format, {@code .npy}, or one of several in an {@link NpzFile}.
 *
 * <p>Opening reads and checks the header alone; the elements are read when they are asked for, and
 * nothing is allocated before the file's size has borne the header out. Floats of 16 and 32 bits
 * are read as float32, whole numbers of any width as int32 if they fit. Double precision is NumPy's
 * own default and loses by rounding, so it is read by {@link #roundedFloats} alone. Arrays in
 * Fortran's order are put into row-major order.
 */
public final class NpyArray {

  /** Where the bytes come from, the header included. */
  interface Source {
    InputStream open() throws IOException;
  }

  private static final int CHUNK = 1 << 14;
  private static final String CHANGED = "it has changed since it was opened: open it again";

  private final String name;
  private final String file;
  private final NpyHeader header;
  private final Source source;
  private final StoredElements elements;

  /**
   * Makes an array of a checked header.
   *
   * @param file the file, for messages
   * @param seekable whether the array's first byte is the file's
   */
  NpyArray(String name, String file, NpyHeader header, Source source, boolean seekable) {
    this.name = name;
    this.file = file;
    this.header = header;
    this.source = source;
    this.elements = new StoredElements(file, name, header.type(), seekable ? header.length() : -1);
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws FileException if it cannot be read or is not a sound {@code .npy} file
   */
  public static NpyArray open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw FileException.of(file.toString(), "is a folder", "name a file in it");
      }
      return of(file.toString(), () -> Files.newInputStream(file), Files.size(file));
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Reads a file's contents that are in memory already, such as a resource of a jar.
   *
   * @param source what to call it in messages
   * @throws FileException if they are not a sound {@code .npy} file
   */
  public static NpyArray of(String source, byte[] contents) {
    try {
      return of(source, () -> new ByteArrayInputStream(contents), contents.length);
    } catch (IOException e) {
      throw FileException.reading(source, e);
    }
  }

  private static NpyArray of(String file, Source source, long size) throws IOException {
    try (InputStream in = source.open()) {
      NpyHeader header = NpyHeader.read(file, in);
      checkSize(file, header, size);
      return new NpyArray("array", file, header, source, true);
    }
  }

  /** Checks the elements' bytes against those that there are. */
  static void checkSize(String file, NpyHeader header, long size) {
    long there = size - header.length();
    if (header.dataBytes() != there) {
      throw FileException.at(
          file,
          header.length(),
          "an array of "
              + header.type()
              + " "
              + header.shape()
              + " takes "
              + header.dataBytes()
              + " bytes, but "
              + there
              + " follow the header",
          header.dataBytes() > there
              ? "the file is cut short: get it again"
              : "only one array is read from a file: save several by numpy.savez");
    }
  }

  /** Returns its name in the archive; {@code "array"} if it has a file for itself. */
  public String name() {
    return name;
  }

  /** Returns the type it is stored as. */
  public StoredType type() {
    return header.type();
  }

  /** Returns its extents. */
  public Shape shape() {
    return header.shape();
  }

  /** Says whether it is stored with the first axis contiguous; what is read is row-major. */
  public boolean isFortranOrder() {
    return header.fortranOrder();
  }

  /**
   * Returns the elements as floats, in row-major order.
   *
   * @throws FileException if it does not hold floats of at most 32 bits, or cannot be read
   */
  public float[] floats() {
    if (type() == StoredType.F64) {
      throw elements.bad(
          0,
          "tensor \"" + name + "\" holds F64, which float32 would round",
          "ask for roundedFloats, or save it by array.astype('<f4')");
    }
    return roundedFloats();
  }

  /**
   * Returns the elements as floats, in row-major order, double precision rounded to single.
   *
   * @throws FileException if it does not hold floats, one is too large, or it cannot be read
   */
  public float[] roundedFloats() {
    float[] out = new float[count(DType.FLOAT32)];
    float[] some = new float[header.fortranOrder() ? CHUNK : 0];
    FortranOrder order = new FortranOrder(shape());
    read((bytes, first, n) -> {
      if (!header.fortranOrder()) {
        elements.decode(bytes, first, out, first, n);
        return;
      }
      elements.decode(bytes, first, some, 0, n);
      for (int i = 0; i < n; i++) {
        out[order.next()] = some[i];
      }
    });
    return out;
  }

  /**
   * Returns the elements as integers, in row-major order.
   *
   * @throws FileException if it does not hold integers, one does not fit, or it cannot be read
   */
  public int[] ints() {
    int[] out = new int[count(DType.INT32)];
    int[] some = new int[header.fortranOrder() ? CHUNK : 0];
    FortranOrder order = new FortranOrder(shape());
    read((bytes, first, n) -> {
      if (!header.fortranOrder()) {
        elements.decode(bytes, first, out, first, n);
        return;
      }
      elements.decode(bytes, first, some, 0, n);
      for (int i = 0; i < n; i++) {
        out[order.next()] = some[i];
      }
    });
    return out;
  }

  private int count(DType wanted) {
    if (type().readAs() != wanted) {
      throw elements.cannotBe(wanted);
    }
    if (shape().size() > Integer.MAX_VALUE - 8) {
      throw elements.bad(
          0,
          "tensor \"" + name + "\" " + shape() + " is too large for one Java array",
          "save it in parts");
    }
    return (int) shape().size();
  }

  private interface Taker {
    void take(MemorySegment bytes, int first, int count);
  }

  private void read(Taker taker) {
    int size = header.type().bits() / 8;
    int count = (int) shape().size();
    byte[] bytes = new byte[Math.min(CHUNK, count) * size];
    try (InputStream in = source.open()) {
      in.skipNBytes(header.length());
      for (int at = 0; at < count; at += CHUNK) {
        int n = Math.min(CHUNK, count - at);
        if (in.readNBytes(bytes, 0, n * size) < n * size) {
          throw elements.bad(at, "tensor \"" + name + "\" is cut short", CHANGED);
        }
        taker.take(MemorySegment.ofArray(bytes), at, n);
      }
      if (in.read() >= 0) {
        throw elements.bad(count, "something follows tensor \"" + name + "\"", CHANGED);
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Writes floats as numpy.save does, the file as a whole or not at all.
   *
   * @throws IllegalArgumentException if the number of values is not the shape's size
   * @throws FileException if that fails; what was there before is untouched then
   */
  public static void write(Path file, float[] values, int... shape) {
    write(file, StoredTensor.of(file.toString(), values, shape));
  }

  /**
   * Writes integers as numpy.save does, the file as a whole or not at all.
   *
   * @throws IllegalArgumentException if the number of values is not the shape's size
   * @throws FileException if that fails; what was there before is untouched then
   */
  public static void write(Path file, int[] values, int... shape) {
    write(file, StoredTensor.of(file.toString(), values, shape));
  }

  private static void write(Path file, StoredTensor tensor) {
    AtomicFile.write(file, out -> write(out, tensor));
  }

  static void write(OutputStream out, StoredTensor tensor) throws IOException {
    out.write(NpyHeader.write(tensor.type(), tensor.shape()));
    tensor.writeTo(out);
  }
}

package io.cortado.io;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file opened for reading.
 *
 * <p>Opening reads and checks the header alone: its length, its JSON, every shape, type and place,
 * and that the tensors cover the rest of the file without overlap or gap. The elements stay in the
 * file, which is mapped into memory, until they are asked for. Floats of 16, 32 and 64 bits are
 * read as float32, whole numbers of any width as int32; an element that does not fit is an error
 * that names it. Tensors may start at any byte, as the format allows.
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Elements that go to a device at a time. */
  private static final int CHUNK = 1 << 18;

  private final String source;
  private final @Nullable Arena arena; // null if the contents are in the Java heap
  private final MemorySegment data;
  private final long dataOffset;
  private final Map<String, SafetensorsEntry> entries;
  private final Map<String, String> metadata;

  private SafetensorsFile(String source, @Nullable Arena arena, MemorySegment file) {
    this.source = source;
    this.arena = arena;
    if (file.byteSize() < 8) {
      throw FileException.of(
          source,
          "holds " + file.byteSize() + " bytes, which is too few for a safetensors file",
          "the file is cut short or of another kind: get it again");
    }
    int headerBytes = SafetensorsHeader.checkLength(source, file.get(LONG, 0), file.byteSize());
    this.dataOffset = 8L + headerBytes;
    this.data = file.asSlice(dataOffset);
    SafetensorsHeader header =
        SafetensorsHeader.parse(
            source, file.asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE), data.byteSize());
    this.entries = Collections.unmodifiableMap(header.entries());
    this.metadata = Collections.unmodifiableMap(header.metadata());
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws FileException if it cannot be read or is not a sound safetensors file
   */
  @SuppressWarnings("MustBeClosedChecker") // the file that is returned closes it
  public static SafetensorsFile open(Path file) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (Files.isDirectory(file)) {
        throw FileException.of(file.toString(), "is a folder", "name a file in it");
      }
      return new SafetensorsFile(
          file.toString(),
          arena,
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      arena.close();
      throw FileException.reading(file, e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads a file's contents that are in memory already, such as a resource of a jar.
   *
   * @param source what to call it in messages
   * @throws FileException if they are not a sound safetensors file
   */
  public static SafetensorsFile of(String source, byte[] contents) {
    return new SafetensorsFile(source, null, MemorySegment.ofArray(contents));
  }

  /** Returns the tensors by name, in the header's order. */
  public Map<String, SafetensorsEntry> entries() {
    return entries;
  }

  /** Returns what the file says about itself. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the file's name, for messages. */
  public String source() {
    return source;
  }

  /**
   * Returns what the header says about a tensor.
   *
   * @throws FileException if the file has none of this name
   */
  public SafetensorsEntry entry(String name) {
    SafetensorsEntry e = entries.get(name);
    if (e == null) {
      throw FileException.of(
          source,
          "has no tensor \"" + name + "\"",
          "it has " + entries.size() + ": " + SafetensorsHeader.names(entries.keySet()));
    }
    return e;
  }

  /**
   * Returns a tensor's elements as floats, in row-major order.
   *
   * @throws FileException if there is no such tensor, or it does not hold floats
   */
  public float[] floats(String name) {
    float[] out = new float[count(typed(name, DType.FLOAT32))];
    read(name, 0, out, 0, out.length);
    return out;
  }

  /**
   * Returns a tensor's elements as integers, in row-major order.
   *
   * @throws FileException if there is no such tensor, it does not hold integers, or one does not
   *     fit
   */
  public int[] ints(String name) {
    int[] out = new int[count(typed(name, DType.INT32))];
    read(name, 0, out, 0, out.length);
    return out;
  }

  private int count(SafetensorsEntry e) {
    if (e.shape().size() > Integer.MAX_VALUE - 8) {
      throw FileException.at(
          source,
          dataOffset + e.begin(),
          "tensor \"" + e.name() + "\" " + e.shape() + " is too large for one Java array",
          "read it in parts");
    }
    return (int) e.shape().size();
  }

  /**
   * Reads some elements of a tensor of floats.
   *
   * @param from the first element, in row-major order
   */
  public void read(String name, long from, float[] dst, int dstOffset, int count) {
    SafetensorsEntry e = typed(name, DType.FLOAT32);
    elements(e).decode(part(e, from, count), from, dst, dstOffset, count);
  }

  /**
   * Reads some elements of a tensor of integers.
   *
   * @param from the first element, in row-major order
   */
  public void read(String name, long from, int[] dst, int dstOffset, int count) {
    SafetensorsEntry e = typed(name, DType.INT32);
    elements(e).decode(part(e, from, count), from, dst, dstOffset, count);
  }

  /**
   * Looks at every element of a tensor whose type allows such as do not fit, so that a later read
   * cannot fail.
   */
  void checkValues(String name) {
    SafetensorsEntry e = entry(name);
    if (!e.type().isRisky()) {
      return;
    }
    int n = (int) Math.min(CHUNK, e.shape().size());
    float[] floats = new float[e.type().readAs() == DType.FLOAT32 ? n : 0];
    int[] ints = new int[e.type().readAs() == DType.INT32 ? n : 0];
    for (long at = 0; at < e.shape().size(); at += n) {
      int count = (int) Math.min(n, e.shape().size() - at);
      if (floats.length > 0) {
        read(name, at, floats, 0, count);
      } else {
        read(name, at, ints, 0, count);
      }
    }
  }

  /**
   * Copies a tensor's elements from the file into a tensor on a device.
   *
   * @throws FileException if there is none of this name, or its shape or type is another
   */
  public void copyTo(String name, Tensor target) {
    SafetensorsEntry e = typed(name, target.dtype());
    if (!e.shape().equals(target.shape())) {
      throw FileException.of(
          source,
          "tensor \"" + name + "\" is " + e.shape() + ", and " + target.shape() + " was asked for",
          "use the file with the model it was saved from");
    }
    if (target.dtype() == DType.INT32) {
      target.set(ints(name));
      return;
    }
    target.markOverwritten();
    float[] chunk = new float[(int) Math.min(CHUNK, e.shape().size())];
    for (long at = 0; at < e.shape().size(); at += chunk.length) {
      int n = (int) Math.min(chunk.length, e.shape().size() - at);
      read(name, at, chunk, 0, n);
      target.device().backend().upload(chunk, 0, target.buffer(), at, n);
    }
  }

  /** Returns the entry of a tensor if it can be read as the given type. */
  SafetensorsEntry typed(String name, DType wanted) {
    SafetensorsEntry e = entry(name);
    if (e.type().readAs() != wanted) {
      throw elements(e).cannotBe(wanted);
    }
    return e;
  }

  private MemorySegment part(SafetensorsEntry e, long from, int count) {
    Shape shape = e.shape();
    if (from < 0 || count < 0 || from > shape.size() - count) {
      throw new IndexOutOfBoundsException(
          "read: elements " + from + " to " + (from + count) + " of \"" + e.name() + "\" " + shape);
    }
    long bytes = e.type().bits() / 8;
    return data.asSlice(e.begin() + from * bytes, count * bytes);
  }

  private StoredElements elements(SafetensorsEntry e) {
    return new StoredElements(source, e.name(), e.type(), dataOffset + e.begin());
  }

  /** Lets go of the file; a second call does nothing. */
  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}

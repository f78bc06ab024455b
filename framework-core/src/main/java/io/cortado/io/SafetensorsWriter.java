package io.cortado.io;

import io.cortado.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes tensors into a safetensors file.
 *
 * <p>Tensors stand in the file in the order they were added, float32 as F32 and int32 as I32; the
 * header is padded with spaces so that the data begins at a multiple of eight bytes. Elements are
 * fetched from their device piece by piece while the file is written, so a model needs no second
 * copy in memory.
 */
public final class SafetensorsWriter {

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, StoredTensor> items = new LinkedHashMap<>();

  /** Adds a text to what the file says about itself. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds a tensor; it is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public SafetensorsWriter add(String name, Tensor tensor) {
    return add(name, StoredTensor.of(tensor));
  }

  /**
   * Adds a tensor of given values, in row-major order; the array is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken, or the number of values is not the
   *     shape's size
   */
  public SafetensorsWriter add(String name, float[] values, int... shape) {
    return add(name, StoredTensor.of(name, values, shape));
  }

  /**
   * Adds a tensor of given values, in row-major order; the array is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken, or the number of values is not the
   *     shape's size
   */
  public SafetensorsWriter add(String name, int[] values, int... shape) {
    return add(name, StoredTensor.of(name, values, shape));
  }

  private SafetensorsWriter add(String name, StoredTensor item) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("add: the format keeps the name " + name + " for itself");
    }
    if (items.putIfAbsent(name, item) != null) {
      throw new IllegalArgumentException(
          "add: there is a tensor \"" + name + "\" already; names are unique");
    }
    return this;
  }

  /**
   * Writes the file, as a whole or not at all.
   *
   * @throws FileException if that fails; what was there before is untouched then
   */
  public void write(Path file) {
    AtomicFile.write(file, this::writeTo);
  }

  /** Writes the file's contents to a stream. */
  public void writeTo(OutputStream out) throws IOException {
    byte[] header = header();
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.write(header);
    for (StoredTensor item : items.values()) {
      item.writeTo(out);
    }
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json =
        SafetensorsHeader.json().createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeName(SafetensorsHeader.METADATA).writeStartObject();
        metadata.forEach((key, value) -> json.writeName(key).writeString(value));
        json.writeEndObject();
      }
      long offset = 0;
      for (Map.Entry<String, StoredTensor> e : items.entrySet()) {
        StoredTensor item = e.getValue();
        long end = offset + item.bytes();
        json.writeName(e.getKey()).writeStartObject();
        json.writeName("dtype").writeString(item.type().name());
        json.writeName("shape").writeArray(item.shape().toArray(), 0, item.shape().rank());
        json.writeName("data_offsets").writeArray(new long[] {offset, end}, 0, 2);
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
      throw new IOException(
          "the names and metadata take "
              + bytes.size()
              + " bytes, readers take "
              + SafetensorsHeader.MAX_BYTES);
    }
    return bytes.toByteArray();
  }
}

package io.cortado.models.data;

import io.cortado.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** Reads the data that comes with this module. */
final class Resources {

  private Resources() {}

  /** Makes something of a stream. */
  @FunctionalInterface
  interface Reader<T> {
    T read(String name, InputStream in) throws IOException;
  }

  /**
   * Reads a resource of this package as text, unpacked if its name ends in {@code .gz}.
   *
   * @throws DataException if it is missing or cannot be read
   */
  static String text(String name) {
    return read(
        name,
        (file, in) -> {
          InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in) : in;
          return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        });
  }

  /**
   * Reads a resource of this package.
   *
   * @throws DataException if it is missing or cannot be read
   */
  static <T> T read(String name, Reader<T> reader) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new DataException(
            "the resource " + name + " is missing: the models' jar was built without its data");
      }
      return reader.read(name, in);
    } catch (IOException e) {
      throw new DataException("the resource " + name + " cannot be read: " + e.getMessage(), e);
    }
  }
}

package io.cortado.io;

import io.cortado.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes tensors into one archive of arrays, as numpy.savez does: nothing is packed.
 *
 * <p>Elements are fetched from their device piece by piece while the file is written, twice, since
 * an archive wants the checksum first. The same tensors give the same bytes.
 */
public final class NpzWriter {

  /** The first moment that the zip format knows; NumPy writes it too. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final Map<String, StoredTensor> items = new LinkedHashMap<>();

  /**
   * Adds a tensor; it is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken, or points out of the archive
   */
  public NpzWriter add(String name, Tensor tensor) {
    return add(name, StoredTensor.of(tensor));
  }

  /**
   * Adds an array of given values, in row-major order, which is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken, or points out of the archive, or the
   *     number of values is not the shape's size
   */
  public NpzWriter add(String name, float[] values, int... shape) {
    return add(name, StoredTensor.of(name, values, shape));
  }

  /**
   * Adds an array of given values, in row-major order, which is read when the file is written.
   *
   * @throws IllegalArgumentException if the name is taken, or points out of the archive, or the
   *     number of values is not the shape's size
   */
  public NpzWriter add(String name, int[] values, int... shape) {
    return add(name, StoredTensor.of(name, values, shape));
  }

  private NpzWriter add(String name, StoredTensor item) {
    if (!NpzFile.isPlain(name + ".npy")) {
      throw new IllegalArgumentException(
          "add: the name \"" + name + "\" points out of the archive; use letters, digits and dots");
    }
    if (items.putIfAbsent(name, item) != null) {
      throw new IllegalArgumentException(
          "add: there is an array \"" + name + "\" already; names are unique");
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

  /** Writes the file's contents to a stream, which stays open. */
  public void writeTo(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16));
    for (Map.Entry<String, StoredTensor> e : items.entrySet()) {
      CheckedOutputStream sum =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      NpyArray.write(sum, e.getValue());
      ZipEntry entry = new ZipEntry(e.getKey() + ".npy");
      entry.setTimeLocal(EPOCH);
      entry.setMethod(ZipEntry.STORED);
      entry.setCrc(sum.getChecksum().getValue());
      entry.setSize(
          NpyHeader.write(e.getValue().type(), e.getValue().shape()).length + e.getValue().bytes());
      zip.putNextEntry(entry);
      NpyArray.write(zip, e.getValue());
      zip.closeEntry();
    }
    zip.finish();
    zip.flush();
  }
}

package io.cortado.models.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads archives {@code .tar.gz}; nothing is unpacked to the disk. */
final class TarGz {

  private TarGz() {}

  /** Takes a file of an archive. */
  @FunctionalInterface
  interface Reader {
    void read(String path, InputStream content) throws IOException;
  }

  /**
   * Reads an archive's files in their order.
   *
   * @throws IOException if it is damaged; the message says how, and not which archive
   */
  static void read(Path archive, Reader reader) throws IOException {
    try (InputStream packed = new BufferedInputStream(Files.newInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(packed))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        if (e.isFile()) {
          reader.read(e.getName(), tar);
        }
      }
    } catch (EOFException e) { // has no message of its own
      throw new IOException("it ends too early", e);
    }
  }
}

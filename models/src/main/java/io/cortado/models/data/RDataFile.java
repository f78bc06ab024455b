package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * Reads data that R has saved: files {@code *.rda}, and the databases {@code *.rdx}, {@code *.rdb}
 * that installed packages load lazily.
 *
 * <p>An {@code .rda} file is {@code RDX2} or {@code RDX3} and a serialised list of its objects,
 * packed by gzip or bzip2. A database's {@code .rdx} is a serialised list of where in the {@code
 * .rdb} each object lies; there each is a length of 4 bytes and a serialised object packed by zlib
 * or, after a letter {@code 2}, by bzip2. See R's manual "R Internals", section 1.8, and R's {@code
 * src/main/serialize.c}. What xz has packed is not read.
 */
final class RDataFile {

  /** No set of ours comes near; a damaged file may ask for any size. */
  private static final int LARGEST_FILE = 64 << 20;

  private static final int LARGEST_CONTENT = 256 << 20;

  private RDataFile() {}

  /**
   * Reads an object of an {@code .rda} file.
   *
   * @throws DataException if the file cannot be read, is damaged, or has no such object
   */
  static RValue rda(Path file, String name) {
    return guarded(
        file,
        () -> {
          byte[] content = unpack(file, bytes(file), 0);
          String magic =
              new String(content, 0, Math.min(5, content.length), StandardCharsets.US_ASCII);
          if (!magic.equals("RDX3\n") && !magic.equals("RDX2\n")) {
            throw new DataException(
                file + " is not an R data file: it does not begin with RDX2 or RDX3");
          }
          RValue all = RValue.read(file.toString(), ByteBuffer.wrap(content).position(5).slice());
          return all.attribute(name)
              .orElseThrow(() -> new DataException(file + " has no object '" + name + "'"));
        });
  }

  /**
   * Reads an object of a package's database.
   *
   * @param index its {@code .rdx} file, beside which the {@code .rdb} file lies
   * @throws DataException if a file cannot be read, is damaged, or has no such object
   */
  static RValue lazy(Path index, String name) {
    String plain = index.getFileName().toString();
    Path base = index.resolveSibling(plain.substring(0, plain.length() - 1) + "b");
    return guarded(
        index,
        () -> {
          RValue all =
              RValue.read(index.toString(), ByteBuffer.wrap(unpack(index, bytes(index), 0)));
          RValue place =
              all.element("variables")
                  .flatMap(v -> v.element(name))
                  .orElseThrow(() -> new DataException(index + " has no object '" + name + "'"));
          byte[] record = record(base, place.integers());
          int length = ByteBuffer.wrap(record).getInt();
          byte[] content = unpack(base, record, record[4] == '2' ? 5 : 4);
          if (content.length != length) {
            throw new DataException(
                "%s is damaged: '%s' unpacks to %,d bytes, and %,d are announced"
                    .formatted(base, name, content.length, length));
          }
          return RValue.read(base + ", " + name, ByteBuffer.wrap(content));
        });
  }

  private static byte[] record(Path base, int[] place) throws IOException {
    byte[] all = bytes(base);
    if (place.length != 2
        || place[0] < 0
        || place[1] < 6
        || (long) place[0] + place[1] > all.length) {
      throw new DataException(base + " is truncated, or is not its index's: delete both");
    }
    return Arrays.copyOfRange(all, place[0], place[0] + place[1]);
  }

  private static byte[] bytes(Path file) throws IOException {
    long size = Files.size(file);
    if (size > LARGEST_FILE) {
      throw new DataException(
          "%s has %,d bytes; no set of R's packages has over %,d"
              .formatted(file, size, LARGEST_FILE));
    }
    return Files.readAllBytes(file);
  }

  private static byte[] unpack(Path file, byte[] packed, int from) throws IOException {
    InputStream in = new ByteArrayInputStream(packed, from, packed.length - from);
    int begin = packed.length - from < 2 ? 0 : (packed[from] & 0xFF) << 8 | packed[from + 1] & 0xFF;
    try (InputStream plain =
        switch (begin) {
          case 0x1F8B -> new GZIPInputStream(in);
          case 'B' << 8 | 'Z' -> new BZip2CompressorInputStream(in, true);
          default -> (begin >> 8) == 0x78 ? new InflaterInputStream(in) : in;
        }) {
      byte[] content = plain.readNBytes(LARGEST_CONTENT + 1);
      if (content.length > LARGEST_CONTENT) {
        throw new DataException(
            "%s unpacks to more than %,d bytes; it is no data set"
                .formatted(file, LARGEST_CONTENT));
      }
      return content;
    }
  }

  /** Something that reads. */
  @FunctionalInterface
  private interface Reading {
    RValue read() throws IOException;
  }

  private static RValue guarded(Path file, Reading reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }
}

package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An array of unsigned bytes in the IDX format of the MNIST files.
 *
 * <p>Layout: two zero bytes, the type (8 for unsigned bytes, the only one read here), the number of
 * axes, each extent as a big-endian integer, then the elements, the last axis contiguous.
 */
public final class Idx {

  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_RANK = 8;

  private final int[] dims;
  private final byte[] data;

  private Idx(int[] dims, byte[] data) {
    this.dims = dims;
    this.data = data;
  }

  /**
   * Reads a file, packed by gzip or not; which, its first bytes tell.
   *
   * @throws DataException if it cannot be read or is not what it should be; the message names the
   *     file, the place in it, and what was expected
   */
  public static Idx read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  /**
   * Reads a stream to its end, packed by gzip or not.
   *
   * @param name names the stream in messages
   * @throws DataException if it is not what it should be
   * @throws IOException if reading fails
   */
  public static Idx read(String name, InputStream stream) throws IOException {
    InputStream in = new BufferedInputStream(stream, 1 << 16);
    in.mark(2);
    boolean packed = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    try {
      return parse(name, packed ? new GZIPInputStream(in, 1 << 16) : in);
    } catch (EOFException e) {
      throw new DataException(name + " is truncated: its gzip stream ends too early", e);
    } catch (ZipException e) {
      throw new DataException(name + " is damaged: " + e.getMessage(), e);
    }
  }

  private static Idx parse(String name, InputStream in) throws IOException {
    byte[] magic = header(name, in, 0, 4);
    if (magic[0] != 0
        || magic[1] != 0
        || magic[2] != UNSIGNED_BYTE
        || magic[3] <= 0
        || magic[3] > MAX_RANK) {
      throw new DataException(
          String.format(
              "%s is no IDX file of unsigned bytes: at offset 0 it has %02x %02x %02x %02x, expected"
                  + " 00 00 08 and the number of axes, 01 to 08",
              name, magic[0], magic[1], magic[2], magic[3]));
    }
    int[] dims = new int[magic[3]];
    ByteBuffer extents = ByteBuffer.wrap(header(name, in, 4, 4 * dims.length));
    long size = 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = extents.getInt();
      size *= Math.max(dims[i], -1); // both factors below 2^31: no overflow before the check
      if (dims[i] < 0 || size > Integer.MAX_VALUE - 8) {
        throw new DataException(
            name
                + " is damaged: extent "
                + Integer.toUnsignedString(dims[i])
                + " at offset "
                + (4 + 4 * i)
                + " makes it larger than 2 GiB");
      }
    }
    byte[] data = in.readNBytes((int) size); // grows as bytes come: a wrong extent takes no memory
    int start = 4 + 4 * dims.length;
    if (data.length < size) {
      throw new DataException(
          String.format(
              "%s is truncated: %s elements need %d bytes from offset %d on, but there are %d",
              name, Arrays.toString(dims), size, start, data.length));
    }
    if (in.read() >= 0) {
      throw new DataException(
          String.format(
              "%s is too long: %s elements end at offset %d, but more bytes follow",
              name, Arrays.toString(dims), start + size));
    }
    return new Idx(dims, data);
  }

  private static byte[] header(String name, InputStream in, int offset, int length)
      throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new DataException(
          String.format(
              "%s is truncated: its header needs %d bytes at offset %d, but there are %d",
              name, length, offset, bytes.length));
    }
    return bytes;
  }

  /**
   * Checks the extents.
   *
   * @throws DataException if they are others
   */
  Idx expect(String name, int... expected) {
    if (!Arrays.equals(dims, expected)) {
      throw new DataException(
          name
              + " holds "
              + Arrays.toString(dims)
              + " elements, expected "
              + Arrays.toString(expected));
    }
    return this;
  }

  /** Returns the SHA-256 of the unpacked file. */
  String sha256() {
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * dims.length);
    header.put(new byte[] {0, 0, UNSIGNED_BYTE, (byte) dims.length});
    for (int d : dims) {
      header.putInt(d);
    }
    MessageDigest digest = Sha256.start();
    digest.update(header.array());
    digest.update(data);
    return Sha256.finish(digest);
  }

  /** Returns a copy of the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** Returns the elements: the array itself, not a copy. */
  public byte[] data() {
    return data;
  }

  /** Returns the elements as integers from 0 to 255. */
  public int[] toInts() {
    int[] ints = new int[data.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = data[i] & 0xFF;
    }
    return ints;
  }
}

package io.cortado.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/** Says so at its end if what was read has another checksum than it should. */
final class CheckedStream extends FilterInputStream {

  private final CRC32 sum = new CRC32();
  private final long expected;

  CheckedStream(InputStream in, long expected) {
    super(in);
    this.expected = expected;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = in.read(into, offset, length);
    if (n > 0) {
      sum.update(into, offset, n);
    } else if (n < 0 && sum.getValue() != expected) {
      throw new ZipException("the checksum is not the one that was stored with it");
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    byte[] some = new byte[(int) Math.max(0, Math.min(n, 4096))];
    return some.length == 0 ? 0 : Math.max(0, read(some, 0, some.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}

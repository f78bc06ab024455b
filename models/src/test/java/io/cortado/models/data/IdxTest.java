package io.cortado.models.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxTest {

  /** Two images of 1x3. */
  private static final byte[] FILE = {
    0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, (byte) 200
  };

  private static Idx read(byte[] bytes) {
    try {
      return Idx.read("f", new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void assertRefused(byte[] bytes, String message) {
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(DataException.class).hasMessage(message);
  }

  @Test
  void readsRawAndPackedFiles(@TempDir Path folder) throws IOException {
    Path packed = folder.resolve("packed");
    Files.write(packed, gzip(FILE));
    for (Idx idx : new Idx[] {read(FILE), Idx.read(packed)}) {
      assertThat(idx.dims()).containsExactly(2, 1, 3);
      assertThat(idx.toInts()).containsExactly(1, 2, 3, 4, 5, 200);
    }
    Path raw = folder.resolve("raw");
    Files.write(raw, FILE);
    assertThat(Idx.read(raw).sha256()).isEqualTo(Sha256.of(raw));
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    assertRefused(
        "hello, world".getBytes(US_ASCII),
        "f is no IDX file of unsigned bytes: at offset 0 it has 68 65 6c 6c, expected 00 00 08 and the"
            + " number of axes, 01 to 08");
    assertRefused(
        Arrays.copyOf(FILE, 20),
        "f is truncated: [2, 1, 3] elements need 6 bytes from offset 16 on, but there are 4");
    assertRefused(
        Arrays.copyOf(FILE, 23),
        "f is too long: [2, 1, 3] elements end at offset 22, but more bytes follow");
    assertRefused(
        Arrays.copyOf(FILE, 10),
        "f is truncated: its header needs 12 bytes at offset 4, but there are 6");
    assertRefused(
        new byte[0], "f is truncated: its header needs 4 bytes at offset 0, but there are 0");
    byte[] huge = FILE.clone();
    huge[4] = 127;
    huge[12] = 127;
    assertRefused(huge, "f is damaged: extent 2130706435 at offset 12 makes it larger than 2 GiB");
    byte[] negative = FILE.clone();
    negative[8] = (byte) 0x80;
    assertRefused(
        negative, "f is damaged: extent 2147483649 at offset 8 makes it larger than 2 GiB");
  }

  @Test
  void noDamageToAPackedFileGoesUnnoticed() {
    byte[] noise = new byte[2016];
    new Random(1).nextBytes(noise);
    System.arraycopy(FILE, 0, noise, 0, 16);
    noise[14] = 3; // [2, 1, 1000]
    noise[15] = (byte) 0xe8;
    byte[] packed = gzip(noise);
    assertThat(read(packed).dims()).containsExactly(2, 1, 1000);
    for (int cut = 0; cut < packed.length; cut += 7) {
      byte[] shorter = Arrays.copyOf(packed, cut);
      assertThatThrownBy(() -> read(shorter)).isInstanceOf(DataException.class);
    }
    int refused = 0;
    for (int at = 10; at < packed.length; at++) { // behind the header, whose time stamp is free
      byte[] altered = packed.clone();
      altered[at] ^= 0x10;
      try { // bits that only fill up a byte change nothing
        assertThat(read(altered).data()).isEqualTo(read(packed).data());
      } catch (DataException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThanOrEqualTo(packed.length - 12);
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("nowhere");
    assertThatThrownBy(() -> Idx.read(file))
        .isInstanceOf(DataException.class)
        .hasMessage(file + " does not exist; check the path");
  }
}

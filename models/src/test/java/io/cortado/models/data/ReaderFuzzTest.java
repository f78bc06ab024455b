package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.Spoiled;
import io.cortado.models.images.ImageFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spoiled data files are refused in words, or read; nothing else happens. */
final class ReaderFuzzTest {

  private static final List<Class<? extends Exception>> REFUSALS =
      List.of(DataException.class, InputException.class);

  /** A file read through a stream may end or be damaged anywhere: its reader's caller says so. */
  private static final List<Class<? extends Exception>> STREAM_REFUSALS =
      List.of(DataException.class, InputException.class, IOException.class);

  private static final List<byte[]> NUMBERS =
      List.of(
          new byte[] {0},
          new byte[] {-1, -1, -1, -1},
          new byte[] {127, -1, -1, -1},
          new byte[] {-128, 0, 0, 0});

  /** Buffers of streams and inflaters among it. */
  private static final long MEMORY = 4 << 20;

  /** A color profile and tables of codes besides. */
  private static final long PICTURE_MEMORY = 32 << 20;

  private static final int MOST_PIXELS = 100_000;

  private static List<byte[]> texts(String... tokens) {
    return Stream.of(tokens).map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
  }

  @Test
  void idx() throws IOException {
    byte[] file = new byte[16 + 2 * 5 * 4];
    ByteBuffer.wrap(file).putInt(0x0803).putInt(2).putInt(5).putInt(4);
    new Spoiled(NUMBERS, file, IdxTest.gzip(file))
        .readBy(
            bytes -> {
              Idx read = Idx.read("spoiled", new ByteArrayInputStream(bytes));
              long size = 1;
              for (int d : read.dims()) {
                size *= d;
              }
              assertThat((long) read.data().length).isEqualTo(size);
            },
            MEMORY,
            REFUSALS);
  }

  @Test
  void tables() {
    String plain =
        "size,\"a, b\",kind\n1.5,2,x\n-2e3,3,\"y \"\"q\"\"\"\n0.25,4,x\n1,5,y\n7,-0.5,x\n";
    List<byte[]> tokens =
        texts("\"", ",", "\n", "\r\n", "\"\"", "?", "NA", "1e999", "-", "\uFEFF", "\0", "é", "--5");
    new Spoiled(tokens, plain.getBytes(StandardCharsets.UTF_8))
        .readBy(
            bytes -> {
              CsvTable csv =
                  CsvTable.read(
                      "spoiled",
                      new InputStreamReader(
                          new ByteArrayInputStream(bytes), StandardCharsets.UTF_8),
                      ',',
                      List.of());
              Table table = Table.ofClasses("spoiled", csv, csv.columns().getLast());
              assertThat(table.size()).isEqualTo(csv.size());
            },
            MEMORY,
            REFUSALS);
  }

  @Test
  void ratings(@TempDir Path dir) {
    StringBuilder lines = new StringBuilder("userId,movieId,rating,timestamp\n");
    for (int i = 0; i < 120; i++) {
      lines.append(i % 7).append(",m").append(i % 11).append(',').append(1 + i % 5).append(",9\n");
    }
    Path file = dir.resolve("ratings.csv");
    new Spoiled(
            texts("\"", ",", "\n", "::", "NaN", "99999999999", "-1", "\0"),
            lines.toString().getBytes(StandardCharsets.UTF_8))
        .readBy(
            bytes -> {
              Files.write(file, bytes);
              assertThat(Ratings.read(file).size()).isPositive();
            },
            MEMORY,
            REFUSALS);
  }

  @Test
  void objectsOfR(@TempDir Path dir) throws IOException {
    byte[] frame = TablesTest.frame(true);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write("RDX3\n".getBytes(StandardCharsets.US_ASCII));
      out.write(frame);
    }
    byte[] plain = new byte[5 + frame.length];
    ByteBuffer.wrap(plain).put("RDX3\n".getBytes(StandardCharsets.US_ASCII)).put(frame);
    Path file = dir.resolve("spoiled.rda");
    new Spoiled(NUMBERS, packed.toByteArray(), plain)
        .readBy(
            bytes -> {
              Files.write(file, bytes);
              RValue read = RDataFile.rda(file, "frame").get("kind");
              assertThat(read.classes()).isNotNull();
            },
            MEMORY,
            REFUSALS);
  }

  @Test
  void archives(@TempDir Path dir) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (String name : List.of("a/one.txt", "a/two.txt", "../three.txt")) {
        byte[] text = ("text of " + name).repeat(20).getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(text.length);
        // The same bytes at any time, and for anyone: they decide how many inputs are refused.
        entry.setModTime(0);
        entry.setUserName("");
        tar.putArchiveEntry(entry);
        tar.write(text);
        tar.closeArchiveEntry();
      }
    }
    Path file = dir.resolve("spoiled.tar.gz");
    new Spoiled(NUMBERS, bytes.toByteArray())
        .readBy(
            spoiled -> {
              Files.write(file, spoiled);
              TarGz.read(file, (_, content) -> content.readNBytes(1 << 16));
            },
            MEMORY,
            STREAM_REFUSALS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void pictures(String format) throws IOException {
    byte[][] files = new byte[2][];
    for (int i = 0; i < 2; i++) {
      int type = i == 0 ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY;
      BufferedImage image = new BufferedImage(24, 17, type);
      Graphics2D g = image.createGraphics();
      g.setColor(Color.ORANGE);
      g.fillOval(2, 3, 15, 11);
      g.dispose();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, format, out);
      files[i] = out.toByteArray();
    }
    new Spoiled(NUMBERS, files)
        .readBy(
            bytes -> {
              BufferedImage read = ImageFiles.read(bytes, "spoiled", MOST_PIXELS);
              assertThat((long) read.getWidth() * read.getHeight())
                  .isLessThanOrEqualTo(MOST_PIXELS);
            },
            PICTURE_MEMORY,
            REFUSALS);
  }

  @Test
  void aBitmapAroundAHugePictureTakesNoMemory() {
    byte[] header = new byte[60];
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {'B', 'M'})
        .putInt(10, 54)
        .putInt(14, 40)
        .putInt(18, 24)
        .putInt(22, 17)
        .putShort(26, (short) 1)
        .putShort(28, (short) 24)
        .putInt(30, 5)
        .putInt(34, Integer.MAX_VALUE - 8);
    assertThatThrownBy(() -> ImageFiles.read(header, "cover", MOST_PIXELS))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cover is a bitmap around another picture");
  }
}

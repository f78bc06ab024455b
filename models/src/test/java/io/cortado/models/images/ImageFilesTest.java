package io.cortado.models.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.models.InputException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageFilesTest {

  @TempDir Path dir;

  private static BufferedImage drawing(int type) {
    return Drawings.digit('3', type, 300, 200, 80, 20, 150, Color.WHITE, Color.BLACK);
  }

  private void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> ImageFiles.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void readsPngAndJpeg() throws IOException {
    for (String format : new String[] {"png", "jpg"}) {
      Path file = dir.resolve("three." + format);
      ImageIO.write(drawing(BufferedImage.TYPE_INT_RGB), format, file.toFile());
      assertThat(ImageFiles.read(file).getWidth()).isEqualTo(300);
    }
  }

  @Test
  void refusesWhatIsNoPicture() throws IOException {
    assertRefused(dir.resolve("missing.png"), "does not exist");
    assertRefused(dir, "not a file");
    Path text = dir.resolve("notes.png");
    Files.writeString(text, "Seven is a nice digit.\n".repeat(20));
    assertRefused(text, "not a picture");
    Path empty = Files.createFile(dir.resolve("empty.png"));
    assertRefused(empty, "not a picture");
  }

  @Test
  void refusesBrokenPictures() throws IOException {
    for (String format : new String[] {"png", "jpg"}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(drawing(BufferedImage.TYPE_INT_RGB), format, bytes);
      Path cut = dir.resolve("cut." + format);
      Files.write(cut, Arrays.copyOf(bytes.toByteArray(), 60));
      assertRefused(cut, "is broken");
      Files.write(cut, Arrays.copyOf(bytes.toByteArray(), bytes.size() * 2 / 3));
      assertRefused(cut, "is broken");
    }
    Path noise = dir.resolve("noise.png");
    byte[] junk = "\u0089PNG\r\n\u001a\n????????????".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(noise, junk);
    assertRefused(noise, "is broken");
  }

  /** A JPEG file with bytes put in before its last marker, or taken away there. */
  private Path jpeg(int more) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(drawing(BufferedImage.TYPE_INT_RGB), "jpg", out);
    byte[] sound = out.toByteArray();
    byte[] file = new byte[sound.length + more];
    System.arraycopy(sound, 0, file, 0, sound.length - 2 + Math.min(more, 0));
    System.arraycopy(sound, sound.length - 2, file, file.length - 2, 2);
    return Files.write(dir.resolve("damaged.jpg"), file);
  }

  @Test
  void refusesPicturesThatTheDecoderGuessesAt() throws IOException {
    assertRefused(jpeg(-200), "is broken (Corrupt JPEG data: premature end of data segment)");
    assertRefused(jpeg(300), "is broken (Corrupt JPEG data: ", " extraneous bytes before marker");
    assertThat(ImageFiles.read(jpeg(0)).getWidth()).isEqualTo(300);
  }

  @Test
  void refusesGiganticPicturesBeforeDecodingThem() throws IOException {
    Path bomb = dir.resolve("bomb.png");
    Files.write(bomb, pngHeader(60_000, 60_000));
    assertRefused(bomb, "60000 x 60000", "at most 100 million");
  }

  @Test
  void thinsOutLargePictures() throws IOException {
    Path file = dir.resolve("large.png");
    ImageIO.write(
        Drawings.digit(
            '3',
            BufferedImage.TYPE_BYTE_GRAY,
            9000,
            2000,
            4000,
            100,
            1800,
            Color.WHITE,
            Color.BLACK),
        "png",
        file.toFile());
    BufferedImage read = ImageFiles.read(file);
    assertThat(read.getWidth()).isEqualTo(3000);
    assertThat(read.getHeight()).isEqualTo(667);
    assertThat(PictureFormat.MNIST.convert(read, "large").at(14, 14)).isGreaterThan(0.2f);
  }

  private static byte[] pngHeader(int width, int height) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeBytes("IHDR");
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, 0, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream all = new DataOutputStream(file);
    all.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    all.writeInt(13);
    all.write(header.toByteArray());
    all.writeInt((int) crc.getValue());
    return file.toByteArray();
  }
}

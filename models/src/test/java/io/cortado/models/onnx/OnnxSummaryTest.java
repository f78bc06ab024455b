package io.cortado.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.models.mlp.Mlp;
import io.cortado.nn.Sequential;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dcortado.fuzz=100000} spoils more files. */
final class OnnxSummaryTest {

  private static final int INPUTS = Integer.getInteger("cortado.fuzz", 3000);

  @TempDir Path dir;
  private byte[] good;

  @BeforeEach
  void export() throws IOException {
    Path file = dir.resolve("m.onnx");
    try (Device device = Device.cpu()) {
      Sequential model = Mlp.network(4, 2).init(device, 1);
      OnnxFile.write(file, "mlp", model, Shape.of(4), Map.of("key", "value"));
    }
    good = Files.readAllBytes(file);
  }

  private static OnnxSummary read(byte[] file) throws IOException {
    return OnnxSummary.read("spoiled", new ByteArrayInputStream(file));
  }

  @Test
  void cutFilesAreRefused() throws IOException {
    assertThat(read(good).weights()).hasSize(7);
    for (int n = 0; n < good.length; n += 1 + n / 50) {
      byte[] cut = Arrays.copyOf(good, n);
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> read(cut))
          .withMessageContaining("spoiled")
          .withMessageContaining("; ");
    }
  }

  @Test
  void spoiledFilesAreRefusedOrRead() throws IOException {
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] bad = good.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(random.nextBoolean() ? 200 : bad.length);
        switch (random.nextInt(3)) {
          case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
          case 1 -> bad[at] = (byte) random.nextInt();
          default -> { // something from elsewhere
            int n = Math.min(random.nextInt(32), bad.length - at);
            System.arraycopy(good, random.nextInt(good.length - n), bad, at, n);
          }
        }
      }
      try {
        assertThat(read(bad).weights()).hasSizeLessThan(good.length);
      } catch (FileException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(INPUTS / 10);
  }
}

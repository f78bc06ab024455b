package io.cortado.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.models.Spoiled;
import io.cortado.models.mlp.Mlp;
import io.cortado.nn.Sequential;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxSummaryTest {

  private static final long MEMORY = 4 << 20;

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
  void spoiledFilesAreRefusedOrRead() {
    List<byte[]> tokens = List.of(new byte[] {0}, new byte[] {-1, -1, -1, -1, 15}, new byte[] {10});
    new Spoiled(tokens, good)
        .readBy(
            bad -> assertThat(read(bad).weights()).hasSizeLessThan(good.length),
            MEMORY,
            List.of(FileException.class));
  }
}

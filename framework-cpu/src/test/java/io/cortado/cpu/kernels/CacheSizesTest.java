package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.cpu.simd.ScalarGemmKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSizesTest {

  @Test
  void readsWhatLinuxSays(@TempDir Path folder) throws IOException {
    cache(folder, "index0", "1", "Data", "48K");
    cache(folder, "index1", "1", "Instruction", "64K");
    cache(folder, "index2", "2", "Unified", "2048K");
    cache(folder, "index3", "3", "Unified", "32768K");
    assertThat(CacheSizes.of(folder, folder.resolve("none")))
        .isEqualTo(new CacheSizes(48 << 10, 2 << 20));
  }

  @Test
  void keepsTheDefaultsWhereNothingIsSaid(@TempDir Path folder) throws IOException {
    assertThat(CacheSizes.of(folder.resolve("absent"), folder)).isEqualTo(CacheSizes.DEFAULT);
    cache(folder, "index0", "1", "Data", "unknown");
    assertThat(CacheSizes.of(folder, folder.resolve("none"))).isEqualTo(CacheSizes.DEFAULT);
  }

  @Test
  void asksTheListOfProcessorsWhereLinuxSaysNothingElse(@TempDir Path folder) throws IOException {
    Path amd = folder.resolve("amd");
    Files.writeString(amd, "vendor_id\t: AuthenticAMD\nmodel\t: 2\ncache size\t: 1024 KB\n");
    assertThat(CacheSizes.of(folder, amd)).isEqualTo(new CacheSizes(32 << 10, 1 << 20));
    Path intel = folder.resolve("intel");
    Files.writeString(intel, "vendor_id\t: GenuineIntel\ncache size\t: 36608 KB\n");
    assertThat(CacheSizes.of(folder, intel)).isEqualTo(CacheSizes.DEFAULT);
    cache(folder, "index2", "2", "Unified", "2048K");
    assertThat(CacheSizes.of(folder, amd).level2()).isEqualTo(2 << 20);
  }

  @Test
  void blockingFitsAnyCache() {
    for (int level1 : new int[] {8 << 10, 32 << 10, 128 << 10}) {
      for (int level2 : new int[] {64 << 10, 1 << 20, 16 << 20}) {
        GemmBlocking b =
            GemmBlocking.of(new ScalarGemmKernel().products(), new CacheSizes(level1, level2));
        assertThat(b.kc()).isBetween(128, 512);
        assertThat(b.nc() % b.columns()).isZero();
        assertThat(b.nc() * b.kc() * Float.BYTES).isBetween(1, level2);
        assertThat(b.panelColumns() % b.nc()).isZero();
        assertThat(b.panelRows() % b.rows()).isZero();
        for (int k : new int[] {0, 1, 127, 128, 129, 511, 512, 513, 1024, 1025, 5000}) {
          assertThat(b.depth(k)).isBetween(1, b.kc());
        }
      }
    }
  }

  private static void cache(Path folder, String index, String level, String type, String size)
      throws IOException {
    Path cache = Files.createDirectory(folder.resolve(index));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }
}

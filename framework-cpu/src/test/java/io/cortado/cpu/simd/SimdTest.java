package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackendProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimdTest {

  /** Prints what a virtual machine with other options chooses. */
  static final class Main {
    public static void main(String[] args) {
      try (var backend = new CpuBackendProvider().open(BackendOptions.DEFAULTS.withThreads(1))) {
        IO.println(backend.description());
      } catch (BackendException e) {
        IO.println(e.getMessage());
      }
    }
  }

  private static String java(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }

  @Test
  void runsScalarLoopsWhereTheModuleIsAbsent() throws Exception {
    assertThat(java())
        .isEqualTo(
            "cpu: scalar loops, because jdk.incubator.vector is not loaded: start java with --add-modules jdk.incubator.vector, 1 thread");
    assertThat(java("-Dcortado.cpu.simd=256"))
        .contains("-Dcortado.cpu.simd=256, but jdk.incubator.vector is not loaded");
  }

  @Test
  void takesTheWidthThatIsAskedFor() throws Exception {
    String module = "--add-modules=jdk.incubator.vector";
    assertThat(java(module, "-Dcortado.cpu.simd=128"))
        .isEqualTo("cpu: Vector API, 128-bit (4 lanes), 1 thread");
    assertThat(java(module, "-Dcortado.cpu.simd=scalar"))
        .isEqualTo("cpu: scalar loops, because -Dcortado.cpu.simd=scalar, 1 thread");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Simd.byProperty("avx2", true))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("\"avx2\"")
        .hasMessageContaining("scalar, 128, 256 or 512");
    assertThatThrownBy(() -> Lanes.check(4096))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("4096");
  }
}

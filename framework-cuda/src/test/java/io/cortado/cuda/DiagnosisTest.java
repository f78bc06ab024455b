package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Finding;
import io.cortado.backend.Finding.State;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code doctor} is told of this backend. The module of the models has the command's tests, in
 * processes of their own.
 */
@OnEmulator
final class DiagnosisTest {

  private static final String LIBRARIES = "cortado.cuda.libraries";
  private static final String CACHE = "cortado.cuda.cache";
  private static final Path EMULATED =
      Path.of(System.getProperty("cortado.native", "target/native"));

  private final String cache = String.valueOf(System.getProperty(CACHE));

  @TempDir Path folder;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    System.setProperty(LIBRARIES, EMULATED.toString());
  }

  @AfterEach
  void restore() {
    System.clearProperty(LIBRARIES);
    System.setProperty(CACHE, cache);
  }

  private static Map<String, Finding> findings() {
    List<Finding> findings = new CudaProvider().diagnose();
    assertThat(findings).allSatisfy(f -> assertThat(f.detail()).isNotBlank());
    return findings.stream().collect(Collectors.toMap(Finding::name, f -> f));
  }

  private static Finding finding(String part) {
    return findings().values().stream()
        .filter(f -> f.name().contains(part) && f.state() != State.OK)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is wrong with " + part));
  }

  @Test
  void allThatIsThereIsNamed() {
    Map<String, Finding> findings = findings();
    assertThat(findings.values()).allSatisfy(f -> assertThat(f.state()).isEqualTo(State.OK));
    String all = findings.toString();
    assertThat(all)
        .contains("12.6", "9.5.1", "emulated CUDA device 0", "compute capability 9.0")
        .contains(EMULATED.toString());
  }

  @Test
  void aFolderWithoutLibrariesLacksThemAll() {
    System.setProperty(LIBRARIES, folder.toString());
    assertThat(finding("driver").state()).isEqualTo(State.MISSING);
    assertThat(finding("driver").remedy()).contains("install NVIDIA's driver");
    assertThat(finding("cuDNN").state()).isEqualTo(State.MISSING);
    assertThat(finding("cuDNN").remedy()).contains("pip install").doesNotContain("driver");
    assertThat(findings().get("looked in").detail()).contains(folder.toString());
  }

  @Test
  void anOldCudnnIsWrong() {
    Emulator.configure("cudnn.version", 8902);
    assertThat(finding("cuDNN").state()).isEqualTo(State.WRONG);
    assertThat(finding("cuDNN").detail()).contains("8.9.2");
  }

  @Test
  void anOldDriverIsWrongAndNoDeviceIsLookedFor() {
    Emulator.configure("driver.version", 11080);
    assertThat(finding("driver").state()).isEqualTo(State.WRONG);
    assertThat(finding("driver").detail()).contains("11.8");
    assertThat(findings().keySet()).noneMatch(name -> name.startsWith("device"));
  }

  @Test
  void anNvrtcNewerThanTheDriverMakesMachineCode() {
    Emulator.configure("nvrtc.minor", 9);
    assertThat(findings().get("kernels for device 0").detail()).contains("machine code of sm_90");
  }

  @Test
  void aDeviceNewerThanNvrtcNeedsADriverThatReadsItsPtx() {
    Emulator.configure("compute.major", 99);
    assertThat(findings().get("kernels for device 0").detail()).contains("PTX of compute_90");
    Emulator.configure("nvrtc.minor", 9);
    assertThat(finding("kernels for").state()).isEqualTo(State.WRONG);
    assertThat(finding("kernels for").detail()).contains("CUDA 12.6", "NVRTC 12.9");
    assertThat(finding("kernels for").remedy()).contains("newer driver", "nvidia-cuda-nvrtc-cu12");
  }

  @Test
  void aDeviceTooOldForNvrtcIsSaid() {
    Emulator.configure("compute.major", 3);
    assertThat(finding("kernels for").detail()).contains("3.0", "too old");
  }

  @Test
  void noDeviceIsSaid() {
    Emulator.configure("devices", 0);
    assertThat(finding("devices").remedy()).contains("nvidia-smi");
  }

  @Test
  void aCacheThatCannotBeWrittenIsWrong() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    System.setProperty(CACHE, file.resolve("kernels").toString());
    assertThat(finding("kernel cache").state()).isEqualTo(State.WRONG);
    assertThat(finding("kernel cache").remedy()).contains(CACHE);
    System.setProperty(CACHE, folder.resolve("new").toString());
    assertThat(findings().get("kernel cache").detail()).contains("writable");
  }
}

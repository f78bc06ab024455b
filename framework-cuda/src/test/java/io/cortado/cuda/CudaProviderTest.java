package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.BackendProvider.Availability;
import io.cortado.cuda.emulated.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said where something is missing; in the order in which a process can see it, since what
 * was loaded once stays.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CudaProviderTest {

  private static final String PROPERTY = "cortado.cuda.libraries";
  private static final Path EMULATED =
      Path.of(System.getProperty("cortado.native", "target/native"));

  private final CudaProvider provider = new CudaProvider();

  @TempDir Path folder;

  @BeforeAll
  static void withoutAGpu() {
    Emulator.require();
  }

  @AfterEach
  void forget() {
    System.clearProperty(PROPERTY);
  }

  private String missing() {
    System.setProperty(PROPERTY, folder.toString());
    Availability answer = provider.probe();
    assertThat(answer.usable()).isFalse();
    assertThat(answer.reason()).doesNotContain("\n");
    assertThatThrownBy(() -> provider.open(BackendOptions.DEFAULTS))
        .isInstanceOf(BackendException.class)
        .hasMessage(answer.reason());
    return answer.reason();
  }

  /** Puts a file where a library is looked for. */
  private void put(String library) throws IOException {
    Files.writeString(folder.resolve(library), "not a library");
  }

  @Test
  @Order(1)
  void itIsRegistered() {
    assertThat(ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::type))
        .contains(CudaProvider.class);
    assertThat(provider.name()).isEqualTo("cuda");
    assertThat(provider.priority()).isEqualTo(100);
  }

  @Test
  @Order(2)
  void eachMissingLibraryIsNamedWithItsRemedy() throws IOException {
    assertThat(missing()).contains("libcuda.so.1", folder.toString(), "install NVIDIA's driver");
    put("libcuda.so.1");
    assertThat(missing()).contains("libnvrtc.so.12", "pip install nvidia-cuda-nvrtc-cu12");
    put("libnvrtc.so.12");
    assertThat(missing()).contains("libcublasLt.so.12", "CORTADO_CUDA_HOME");
    put("libcublasLt.so.12");
    put("libcublas.so.12");
    assertThat(missing()).contains("libcudnn.so.9", "pip install nvidia-cudnn-cu12");
  }

  @Test
  @Order(3)
  void aLibraryThatIsNoneIsNamed() throws IOException {
    for (String library : List.of("libnvrtc.so.12", "libcublasLt.so.12", "libcublas.so.12")) {
      put(library);
    }
    put("libcudnn.so.9");
    put("libcuda.so.1");
    assertThat(missing()).contains(folder.resolve("libcuda.so.1").toString(), "cannot be loaded");
  }

  @Test
  @Order(4)
  void aDriverThatWillNotDoIsNamed() {
    System.setProperty(PROPERTY, EMULATED.toString());
    Emulator.load();
    Emulator.configure("devices", 0);
    assertThat(provider.probe().reason()).contains("finds no GPU", "CUDA_VISIBLE_DEVICES");
    Emulator.reset();
    Emulator.configure("driver.version", 11080);
    assertThat(provider.probe().reason()).contains("CUDA 11.8", "install a newer driver");
    Emulator.reset();
    Emulator.failNth("cuInit", 1, 999);
    assertThat(provider.probe().reason()).contains("cuInit", "999", "CUDA_ERROR_UNKNOWN");
    Emulator.reset();
  }

  @Test
  @Order(5)
  void whereAllIsThereItOpens() throws IOException {
    System.setProperty(PROPERTY, EMULATED.toString());
    String temporary = System.getProperty("java.io.tmpdir");
    assertThat(provider.probe()).isEqualTo(new Availability(true, "one CUDA device"));
    assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(temporary);
    try (Stream<Path> files = Files.list(Path.of(temporary))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("cortado-cuda"));
    }
    try (Backend backend = provider.open(BackendOptions.DEFAULTS)) {
      assertThat(backend.description()).contains("emulated", "compute capability 9.0");
    }
    assertThatThrownBy(() -> provider.open(new BackendOptions(0, 1)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no CUDA device 1");
    assertThat(Emulator.reportLeaks()).isZero();
  }

  @Test
  void otherPlatformsAreNamed() {
    assertThatThrownBy(() -> CudaLibraries.checkPlatform("Mac OS X", "aarch64"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Mac OS X on aarch64");
  }

  @Test
  void allPlacesAreLookedAtInOrder() throws IOException {
    Path conf = Files.createDirectories(folder.resolve("etc/ld.so.conf.d")).resolve("x.conf");
    Files.writeString(conf, "# comment\n/opt/own/lib\n");
    List<String> places =
        List.of(
            "home/lib64",
            "path",
            "opt/own/lib",
            "usr/lib/x86_64-linux-gnu",
            "usr/local/cuda/lib64",
            "usr/local/cuda-12.6/lib64",
            "conda/lib",
            "venv/lib/python3.12/site-packages/nvidia/cudnn/lib",
            "usr/lib/python3/dist-packages/nvidia/cublas/lib");
    for (String place : places) {
      Files.createDirectories(folder.resolve(place));
      Files.writeString(folder.resolve(place).resolve("libx.so"), "");
    }
    Map<String, String> environment =
        Map.of(
            "CUDA_HOME", folder.resolve("home").toString(),
            "LD_LIBRARY_PATH", folder.resolve("path").toString(),
            "CONDA_PREFIX", folder.resolve("conda").toString(),
            "VIRTUAL_ENV", folder.resolve("venv").toString());
    for (String place : places) {
      LibrarySearch search = LibrarySearch.of(environment, folder);
      Path file = folder.resolve(place).resolve("libx.so");
      assertThat(search.find("libx.so")).isEqualTo(file);
      Files.delete(file);
    }
  }
}

package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels are compiled for the device at hand, and kept for devices like it. */
final class KernelCompilationTest {

  @TempDir Path folder;

  private String cache = "";

  @BeforeEach
  void useOwnCache() {
    cache = String.valueOf(System.getProperty("cortado.cuda.cache"));
    System.setProperty("cortado.cuda.cache", folder.toString());
  }

  @AfterEach
  void useTheOldCache() {
    System.setProperty("cortado.cuda.cache", cache);
  }

  private static void start(int major, int minor) {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    Emulator.configure("compute.major", major);
    Emulator.configure("compute.minor", minor);
  }

  /** Returns how many compilations there were. */
  private static long work() {
    try (Backend backend = CudaBackend.open(BackendOptions.DEFAULTS, false)) {
      Buffer x = backend.allocate(DType.FLOAT32, 3);
      backend.upload(new float[] {-1, 0, 2}, 0, x, 0, 3);
      backend.unary(UnaryOp.RELU, 3, x, x);
      float[] got = new float[3];
      backend.download(x, 0, got, 0, 3);
      assertThat(got).containsExactly(0, 0, 2);
    }
    assertThat(Emulator.errors()).isEmpty();
    return Emulator.counter("nvrtc_compilations");
  }

  @Test
  void eachArchitectureHasCompiledKernelsOfItsOwn() {
    start(9, 0);
    assertThat(work()).isEqualTo(1);
    start(9, 0);
    assertThat(work()).as("kept").isZero();
    for (int major : List.of(8, 7)) {
      start(major, 5);
      assertThat(work()).isEqualTo(1);
    }
    start(9, 0);
    Emulator.configure("driver.version", 12080);
    assertThat(work()).as("another driver").isEqualTo(1);
  }

  @Test
  void aDeviceNewerThanTheCompilerGetsWhatTheCompilerKnowsBest() {
    start(99, 0);
    assertThat(work()).isEqualTo(1);
  }

  @Test
  void anOlderDriverRunsWhatANewerCompilerMakes() {
    start(9, 0);
    Emulator.configure("driver.version", 12020);
    Emulator.configure("nvrtc.minor", 9);
    assertThat(work()).isEqualTo(1);
    assertThat(folder.toFile().list()).singleElement().asString().endsWith(".cubin");
  }

  @Test
  void aDriverOlderThanTheCompilerRefusesPtxAndTheRemedyIsSaid() {
    start(99, 0);
    Emulator.configure("driver.version", 12020);
    assertThatThrownBy(KernelCompilationTest::work)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("compute_90, driver 12020, NVRTC 12.6")
        .hasMessageContaining("install a newer driver");
    assertThat(folder.toFile().list()).singleElement().asString().endsWith(".ptx");
  }

  @Test
  void aDeviceTooOldForTheCompilerIsRefused() {
    start(3, 0);
    assertThatThrownBy(KernelCompilationTest::work)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("compute capability is 3.0")
        .hasMessageContaining("too old");
    assertThat(Emulator.reportLeaks()).isZero();
  }
}

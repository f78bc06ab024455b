package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each function of NVIDIA's libraries that the backend calls fails, once: in each of loading,
 * training and closing the first call of it and the last, and each launch of a kernel. That is told
 * by name and with NVIDIA's text, nothing is lost, and a device opened afterwards works.
 *
 * <p>Which functions there are is counted in a run. {@link CudaConformanceTest} fails if the kit
 * calls one that {@link Session} does not.
 */
@OnEmulator
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CudaFailureTest {

  /** What a failure of a library looks like. */
  private record Code(int code, String text) {
    static Code of(String function) {
      return function.startsWith("nvrtc")
          ? new Code(1, "NVRTC_ERROR_OUT_OF_MEMORY")
          : function.startsWith("cublas")
              ? new Code(14, "CUBLAS_STATUS_INTERNAL_ERROR")
              : function.startsWith("cudnn")
                  ? new Code(5000, "CUDNN_STATUS_EXECUTION_FAILED")
                  : new Code(999, "CUDA_ERROR_UNKNOWN");
    }
  }

  @TempDir Path folder;

  private String cache = "";

  @BeforeEach
  void useOwnCache() throws IOException {
    cache = String.valueOf(System.getProperty("cortado.cuda.cache"));
    System.setProperty("cortado.cuda.cache", folder.toString());
    start();
  }

  @AfterEach
  void useTheOldCache() {
    System.setProperty("cortado.cuda.cache", cache);
  }

  private void start() throws IOException {
    Session.start();
    // The compiler is to be called each time.
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.sorted(Comparator.reverseOrder()).filter(f -> !f.equals(folder)).toList()) {
        Files.delete(file);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> eachFunctionFailsOnce() {
    List<Map<String, Long>> phases = Session.run();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.reportLeaks()).isZero();
    Map<String, Set<Long>> cases = new TreeMap<>();
    Map<String, Long> before = Map.of();
    for (Map<String, Long> after : phases) {
      for (Map.Entry<String, Long> call : after.entrySet()) {
        long first = before.getOrDefault(call.getKey(), 0L) + 1;
        long last = call.getValue();
        if (first <= last) {
          Set<Long> chosen = cases.computeIfAbsent(call.getKey(), name -> new LinkedHashSet<>());
          if (call.getKey().equals("cuLaunchKernel")) {
            LongStream.rangeClosed(first, last).forEach(chosen::add);
          } else {
            chosen.add(first);
            chosen.add(last);
          }
        }
      }
      before = after;
    }
    assertThat(cases).hasSizeGreaterThan(60).containsKeys("cuLaunchKernel", "nvrtcCompileProgram");
    return cases.entrySet().stream()
        .flatMap(function ->
            function.getValue().stream()
                .map(n ->
                    DynamicTest.dynamicTest(
                        function.getKey() + ", call " + n, () -> fails(function.getKey(), n))));
  }

  private void fails(String function, long n) throws IOException {
    start();
    Code code = Code.of(function);
    Emulator.failNth(function, n, code.code());
    Throwable failure = catchThrowable(Session::run);
    assertThat(Emulator.pendingFailures()).isZero();
    // JCuda asks for the size of a text in the same call in which it asks for the text, and has its
    // own name for the instantiation of a graph.
    assertThat(failure)
        .as(function)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(function.replaceFirst("Size$|WithFlags$", ""))
        .hasMessageContaining("code " + code.code())
        .hasMessageContaining(code.text());
    if (function.matches("cublasSg.*|cudnn.*(Forward|Backward|Algorithm|Descriptor|CTCLoss).*")) {
      assertThat(failure).hasMessageContaining("Spec[");
    }
    if (function.equals("cuLaunchKernel")) {
      assertThat(failure).hasMessageMatching("(?s).*cuLaunchKernel failed for [a-z_]+ with.*");
    }
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.reportLeaks()).as("leaks %s", Emulator.errors()).isZero();
    aNewDeviceWorks();
  }

  private static void aNewDeviceWorks() {
    try (Backend backend = CudaBackend.open(BackendOptions.DEFAULTS, false)) {
      Buffer x = backend.allocate(DType.FLOAT32, 3);
      backend.upload(new float[] {-1, 0, 2}, 0, x, 0, 3);
      backend.unary(UnaryOp.RELU, 3, x, x);
      float[] got = new float[3];
      backend.download(x, 0, got, 0, 3);
      assertThat(got).containsExactly(0, 0, 2);
    }
  }

  @Test
  void aCodeThatTheDriverDoesNotKnowIsToldAsANumber() {
    Emulator.failNth("cuStreamCreate", 1, 12345);
    assertThat(catchThrowable(CudaFailureTest::aNewDeviceWorks))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("cuStreamCreate failed for the compute stream with code 12345")
        .hasMessageContaining("no text for this code");
    assertThat(Emulator.reportLeaks()).isZero();
    aNewDeviceWorks();
  }

  /** What undoing a failed start does wrong is told beside why it failed. */
  @Test
  void undoingThatFailsIsTold() {
    for (String[] pair :
        new String[][] {
          {"cuCtxSetCurrent", "cuDevicePrimaryCtxRelease"},
          {"cublasSetStream", "cublasDestroy"},
          {"cudnnSetStream", "cudnnDestroy"}
        }) {
      Emulator.failNth(pair[0], 1, Code.of(pair[0]).code());
      Emulator.failNth(pair[1], 1, Code.of(pair[1]).code());
      Throwable failure = catchThrowable(CudaFailureTest::aNewDeviceWorks);
      assertThat(failure).hasMessageContaining(pair[0]);
      assertThat(failure.getSuppressed())
          .anySatisfy(second -> assertThat(second).hasMessageContaining("failed with code"));
      Session.start();
      aNewDeviceWorks();
    }
  }

  /** A kernel that reads beyond its operands breaks the context, as on a GPU. */
  @Test
  void aBrokenContextIsToldAndClosedAndANewDeviceWorks() {
    CudaBackend backend = CudaBackend.open(BackendOptions.DEFAULTS, true);
    Buffer x = backend.allocate(DType.FLOAT32, 3);
    backend.upload(new float[3], 0, x, 0, 3);
    backend.unary(UnaryOp.RELU, 300, x, x);
    for (int i = 0; i < 2; i++) {
      assertThat(catchThrowable(backend::synchronize))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("cuStreamSynchronize")
          .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    }
    assertThat(catchThrowable(() -> backend.allocate(DType.FLOAT32, 3)))
        .isInstanceOf(BackendException.class);
    assertThat(catchThrowable(backend::close))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    backend.close();
    assertThat(Emulator.errors())
        .extracting(Emulator.Report::name)
        .containsExactly("out-of-bounds");
    Emulator.clearErrors();
    aNewDeviceWorks();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.reportLeaks()).isZero();
  }
}

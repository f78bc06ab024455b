package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each function of NVIDIA's libraries that the backend calls fails, once: the first call of it and
 * the last. That is told by name, nothing is lost, and a device opened afterwards works.
 */
@OnEmulator
final class CudaFailureTest {

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

  private void start() throws IOException {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    Emulator.configure("memory.total", 1L << 30);
    // The compiler is to be called each time.
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.sorted(Comparator.reverseOrder()).filter(f -> !f.equals(folder)).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Something of everything; returns a sum that tells whether it came out right. */
  private static float work() {
    try (Backend backend = CudaBackend.open(BackendOptions.DEFAULTS, false)) {
      int n = 2 * 3 * 4 * 4;
      float[] ones = new float[n];
      Arrays.fill(ones, 1);
      Buffer x = backend.allocate(DType.FLOAT32, n);
      backend.upload(ones, 0, x, 0, n);
      Buffer y = backend.allocate(DType.FLOAT32, n);
      backend.fill(y, n, 0);
      backend.binary(
          new BinarySpec(BinaryOp.ADD, Shape.of(n), Shape.of(n), Shape.of(n)), x, x, 0, y);
      backend.gemm(GemmSpec.of(4, 4, 4, false, false), 1, x, x, 0, y);
      ConvSpec conv = new ConvSpec(2, 3, 4, 4, 3, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.RELU);
      backend.conv(conv, x, x, x, y);
      Buffer dw = backend.allocate(DType.FLOAT32, 9);
      backend.convBackwardFilter(conv, x, y, 0, dw);
      Buffer dx = backend.allocate(DType.FLOAT32, n);
      backend.convBackwardData(conv, y, x, 0, dx);
      PoolSpec.Mode average = PoolSpec.Mode.AVERAGE;
      PoolSpec pool = new PoolSpec(average, 2, 3, 4, 4, 2, 2, 2, 2, 2, 2, 0, 0, 1, 1, false);
      backend.pool(pool, dx, y, null);
      backend.softmax(new SoftmaxSpec(new AxisSpec(8, 3, 1), false), x, y);
      Buffer mean = backend.allocate(DType.FLOAT32, 3);
      Buffer invStd = backend.allocate(DType.FLOAT32, 3);
      BatchNormSpec norm = new BatchNormSpec(2, 3, 16, 1e-5f);
      backend.batchNormTrain(norm, 0.1f, x, null, null, null, null, y, mean, invStd);
      backend.copy(x, 0, y, 0, n);
      float[] result = new float[n];
      backend.download(y, 0, result, 0, n);
      backend.synchronize();
      float sum = 0;
      for (float v : result) {
        sum += v;
      }
      return sum;
    }
  }

  @TestFactory
  Stream<DynamicTest> eachFunctionFailsOnce() throws IOException {
    start();
    assertThat(work()).isEqualTo(96);
    assertThat(Emulator.errors()).isEmpty();
    Map<String, Long> calls = new TreeMap<>();
    Emulator.counters()
        .forEach((name, count) -> {
          if (name.startsWith("call.")) {
            calls.put(name.substring("call.".length()), count);
          }
        });
    assertThat(calls).hasSizeGreaterThan(40).containsKeys("cuLaunchKernel", "nvrtcCompileProgram");
    return calls.entrySet().stream()
        .flatMap(call ->
            Stream.of(1L, call.getValue())
                .distinct()
                .map(n ->
                    DynamicTest.dynamicTest(
                        call.getKey() + ", call " + n, () -> fails(call.getKey(), n))));
  }

  private void fails(String function, long n) throws IOException {
    start();
    Emulator.failNth(function, n, code(function));
    Throwable failure = catchThrowable(CudaFailureTest::work);
    assertThat(Emulator.pendingFailures()).isZero();
    // JCuda asks for the size of a text in the same call in which it asks for the text.
    assertThat(failure)
        .as(function)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(function.replace("Size", ""));
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.reportLeaks()).as("leaks %s", Emulator.errors()).isZero();
    assertThat(work()).isEqualTo(96);
  }

  private static int code(String function) {
    for (String library : List.of("nvrtc", "cublas")) {
      if (function.startsWith(library)) {
        return library.equals("nvrtc") ? 1 : 14;
      }
    }
    return function.startsWith("cudnn") ? 5000 : 999;
  }
}

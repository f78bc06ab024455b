package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.Buffer;
import io.cortado.backend.Finding;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.cpu.simd.Simd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CpuBackendTest {

  private static Backend open(int threads, Simd.Choice choice) {
    return CpuBackend.open(BackendOptions.DEFAULTS.withThreads(threads), choice);
  }

  @ParameterizedTest
  @EnumSource(
      value = Simd.Choice.class,
      names = {"VECTOR_API", "SCALAR"})
  void resultsDoNotDependOnTheNumberOfThreads(Simd.Choice choice) {
    Map<String, List<float[]>> first = new TreeMap<>();
    for (int threads : new int[] {1, 2, 3, 5}) {
      try (Backend backend = open(threads, choice)) {
        Workload work = new Workload(backend, 211);
        work.operations.forEach((name, operation) -> {
          operation.run();
          List<float[]> results = new ArrayList<>();
          work.outputs.forEach(output -> results.add(downloaded(backend, output)));
          List<float[]> expected = first.putIfAbsent(name, results);
          for (int i = 0; expected != null && i < results.size(); i++) {
            assertThat(results.get(i))
                .as("%s, %d threads", name, threads)
                .isEqualTo(expected.get(i));
          }
        });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Simd.Choice.class,
      names = {"VECTOR_API", "SCALAR"})
  void whatOverflowsOnTheWayIsNoNaN(Simd.Choice choice) {
    int n = 32;
    try (Backend backend = open(1, choice)) {
      LrnSpec lrn = new LrnSpec(1, 5, n, 5, 1e-4f, 0.75f, 1);
      Buffer x = filled(backend, 5 * n, 1e20f); // its square is infinite
      Buffer dx = filled(backend, 5 * n, Float.NaN);
      Buffer y = filled(backend, 5 * n, Float.NaN);
      backend.lrn(lrn, x, y);
      backend.lrnBackward(lrn, x, y, filled(backend, 5 * n, 1), 0, dx);
      assertThat(Arrays.copyOf(downloaded(backend, dx), 5 * n)).containsOnly(0);

      PointwiseLossSpec logits =
          new PointwiseLossSpec(PointwiseLossSpec.Kind.BCE_WITH_LOGITS, n, Reduction.NONE);
      Buffer loss = filled(backend, n, Float.NaN);
      Buffer surelyNot = filled(backend, n, Float.NEGATIVE_INFINITY);
      backend.pointwiseLoss(logits, surelyNot, filled(backend, n, 1), null, null, loss, null);
      assertThat(Arrays.copyOf(downloaded(backend, loss), n)).containsOnly(Float.POSITIVE_INFINITY);
    }
  }

  private static Buffer filled(Backend backend, int n, float value) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    Buffer buffer = backend.allocate(DType.FLOAT32, n);
    backend.upload(values, 0, buffer, 0, n);
    return buffer;
  }

  private static float[] downloaded(Backend backend, Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    backend.download(buffer, 0, values, 0, values.length);
    return values;
  }

  @Test
  void isFoundByServiceLoader() {
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(p -> p.name().equals("cpu"))
            .findFirst()
            .orElseThrow();
    assertThat(provider.priority()).isZero();
    assertThat(provider.probe().usable()).isTrue();
    assertThat(provider.diagnose())
        .allMatch(finding -> finding.state() == Finding.State.OK)
        .extracting(Finding::name)
        .containsExactly("processor", "vectors", "Java");
    try (Backend backend = provider.open(BackendOptions.DEFAULTS.withThreads(1))) {
      assertThat(backend.description())
          .matches("cpu: Vector API, \\d+-bit \\(\\d+ lanes\\), 1 thread");
      assertThat(backend.precision()).isEqualTo(MathPrecision.FLOAT32);
    }
    try (Backend backend =
        provider.open(BackendOptions.DEFAULTS.withPrecision(MathPrecision.FLOAT16))) {
      assertThat(backend.description()).contains("precision fp16", "computes in float32");
      assertThat(backend.precision()).isEqualTo(MathPrecision.FLOAT16);
    }
    assertThatThrownBy(() -> provider.open(new BackendOptions(1, 1))).hasMessageContaining("cpu:1");
  }
}

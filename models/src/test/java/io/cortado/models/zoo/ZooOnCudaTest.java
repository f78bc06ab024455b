package io.cortado.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.cli.Cli;
import io.cortado.models.cli.EmulatedCuda;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the first steps of every model on the emulated CUDA device and on the CPU. */
final class ZooOnCudaTest {

  /** A few steps multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  @TempDir Path dir;

  @Test
  void everyModelHasTheLossesOfTheCpu() throws Exception {
    Cli.Result r =
        EmulatedCuda.run(
            dir,
            List.of("-XX:TieredStopAtLevel=1"),
            FirstLosses.class.getName(),
            "cuda",
            dir.resolve("cuda").toString());
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    Map<String, List<Double>> cuda = FirstLosses.parse(r.out());
    Map<String, List<Double>> cpu = FirstLosses.of("cpu", dir.resolve("cpu"));
    assertThat(cuda.keySet()).isEqualTo(cpu.keySet());
    cpu.forEach((model, losses) -> assertNear(model, losses, cuda.get(model)));
  }

  private static void assertNear(String model, List<Double> expected, List<Double> actual) {
    assertThat(actual).as(model).hasSize(FirstLosses.STEPS);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i) / expected.get(i) - 1)
          .as("%s, step %d: %s, the CPU has %s", model, i + 1, actual.get(i), expected.get(i))
          .isBetween(-RELATIVE, RELATIVE);
    }
  }
}

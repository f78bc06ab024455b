package io.cortado.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.cli.Cli;
import io.cortado.models.cli.EmulatedCuda;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains the first steps of every model on the emulated CUDA device and on the CPU.
 *
 * <p>The CPU convolves without Winograd. AlexNet's losses part after five steps if its learning
 * rate changes by a millionth, because a unit near 0 is then on instead of off, and Winograd's
 * rounding does the same; how large that rounding is, its own tests say.
 */
final class ZooOnCudaTest {

  /** A few steps multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  /** Texts of other lengths make batches of other shapes, and a recorded step has one. */
  private static final Set<String> OF_MANY_SHAPES = Set.of("textcnn", "textrnn");

  @TempDir Path dir;

  @Test
  void everyModelHasTheLossesOfTheCpu() throws Exception {
    Map<String, FirstLosses.Steps> cuda = run("cuda", "-XX:TieredStopAtLevel=1");
    Map<String, FirstLosses.Steps> cpu = run("cpu", "-Dcortado.cpu.winograd=off");
    assertThat(cuda.keySet()).isEqualTo(cpu.keySet());
    cpu.forEach((model, steps) -> assertNear(model, steps.losses(), cuda.get(model).losses()));
    System.out.println(
        "| model | graphs | kernels in them | other launches | allocations | waits |");
    cuda.forEach((model, steps) -> print(model, steps.counts()));
    cuda.forEach((model, steps) -> assertRecorded(model, steps.counts()));
  }

  private Map<String, FirstLosses.Steps> run(String device, String option) throws Exception {
    Cli.Result r =
        EmulatedCuda.run(
            dir,
            List.of(option),
            FirstLosses.class.getName(),
            device,
            dir.resolve(device).toString());
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    return FirstLosses.parse(r.out());
  }

  /** A steady step is one launch; the wait is for the loss, which this test reads. */
  private static void assertRecorded(String model, StepCounts c) {
    assertThat(c.allocations()).as(model).isZero();
    if (!OF_MANY_SHAPES.contains(model)) {
      assertThat(c.graphs()).as(model).isOne();
      assertThat(c.launches()).as(model).isZero();
    }
  }

  private static void print(String model, StepCounts c) {
    System.out.printf(
        "| %s | %d | %d | %d | %d | %d |%n",
        model, c.graphs(), c.kernels(), c.launches(), c.allocations(), c.waits());
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

package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains by the command line on the emulated CUDA device, and on the CPU: the same seed gives the
 * same losses.
 */
final class CudaTrainingTest {

  /** A few steps multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  @TempDir Path dir;

  /** Returns one column of a run's log. */
  private static double[] column(Path run, String name) throws IOException {
    List<String> lines = Files.readAllLines(run.resolve("log.csv"));
    int column = List.of(lines.getFirst().split(",")).indexOf(name);
    assertThat(column).as(lines.getFirst()).isNotNegative();
    return lines.stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.split(",")[column]))
        .toArray();
  }

  private static void assertNear(Path cuda, Path cpu, String name) throws IOException {
    assertNear(cuda, cpu, name, RELATIVE);
  }

  static void assertNear(Path cuda, Path cpu, String name, double relative) throws IOException {
    double[] expected = column(cpu, name);
    double[] actual = column(cuda, name);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i] / expected[i] - 1)
          .as("%s, epoch %d: %s, the CPU has %s", name, i + 1, actual[i], expected[i])
          .isBetween(-relative, relative);
    }
  }

  @Test
  void lenet5HasTheLossesOfTheCpu() throws Exception {
    Path cpu = dir.resolve("cpu");
    Path cuda = dir.resolve("cuda");
    StringWriter out = new StringWriter();
    assertThat(TinyTraining.train("cpu", cpu, new PrintWriter(out))).as(out.toString()).isZero();
    Cli.Result r =
        EmulatedCuda.run(dir, List.of(), TinyTraining.class.getName(), "cuda", cuda.toString());
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
    assertThat(r.out()).contains("device   CUDA on emulated CUDA device 0", "test accuracy");
    assertThat(column(cpu, "loss")).hasSize(TinyTraining.STEPS);
    assertNear(cuda, cpu, "loss");
    assertNear(cuda, cpu, "val_loss");
    assertThat(cuda.toFile().list())
        .contains("weights.safetensors", "curve.png", "confusion.png", "misread.png");
  }

  private static String[] mlp(String device, Path out) {
    return new String[] {
      "train",
      "mlp",
      "--data",
      "digits",
      "--epochs",
      "2",
      "--batch-size",
      "100", // 18 steps; in the recipe's 90, Adam makes whole steps of rounding: vectors of 512 and
      // 128 bits differ by 5e-4
      "--seed",
      "3",
      "--device",
      device,
      "--out",
      out.toString()
    };
  }

  @Test
  void theCommandTrainsOnWhatAutoFinds() throws Exception {
    Path cpu = dir.resolve("cpu");
    Path auto = dir.resolve("auto");
    assertThat(Cli.run(mlp("cpu", cpu)).code()).isZero();
    Cli.Result r = EmulatedCuda.run(dir, List.of(), Cortado.class.getName(), mlp("auto", auto));
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
    assertThat(r.out()).contains("device   CUDA on emulated CUDA device 0");
    assertNear(auto, cpu, "loss");
    // What the device has learnt, the CPU can use.
    String weights = auto.resolve("weights.safetensors").toString();
    Cli.Result tested = Cli.run("eval", "mlp", weights, "--device", "cpu");
    assertThat(tested.code()).as(tested.err()).isZero();
    String line = "test accuracy";
    assertThat(tested.out().lines().filter(l -> l.startsWith(line)).toList())
        .isEqualTo(r.out().lines().filter(l -> l.startsWith(line)).toList());
  }

  @Test
  void autoSaysInOneLineWhyItTakesTheCpu() {
    Cli.Result r = Cli.run(mlp("auto", dir.resolve("run")));
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out().lines().filter(l -> l.startsWith("device ")))
        .singleElement()
        .asString()
        .contains("cpu: ", "; not cuda: NVIDIA's driver was not found (no libcuda.so.1 in ")
        .contains("install NVIDIA's driver");
    assertThat(Cli.run(mlp("cpu", dir.resolve("asked"))).out()).doesNotContain("not cuda");
  }
}

package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.data.PictureDrawings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stops runs on the emulated CUDA device and lets them go on: there with the same bits, on the CPU
 * and from the CPU with losses near those of a run that was never stopped.
 */
final class CudaResumeTest {

  /** Of losses after some steps, which multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  /**
   * Batch norm, dropout, moved pictures, momentum, averaged weights and captured steps: all that
   * has a state.
   */
  private static final String ALEXNET =
      "alexnet --data DIR/pictures --image-size 16 --augment flip --ema 0.9 --batch-size 4 --seed 3 --no-progress";

  private static final String MLP =
      "mlp --data digits --epochs 2 --batch-size 100 --seed 3 --no-progress --checkpoint-every 3";

  @TempDir Path dir;

  /** Runs commands one after the other, in a process that has the emulated device. */
  static final class Commands {

    private Commands() {}

    /** The program: a command line in each word. */
    public static void main(String[] lines) {
      for (String line : lines) {
        Cli.Result r = Cli.run(line.split(" "));
        System.out.printf("%s%n%s%s%n", line, r.out(), r.err());
        if (r.code() != 0) {
          System.exit(r.code());
        }
      }
    }
  }

  private void onCuda(String... lines) throws Exception {
    Cli.Result r =
        EmulatedCuda.run(
            dir,
            List.of("-XX:TieredStopAtLevel=1"),
            Commands.class.getName(),
            Stream.of(lines)
                .map(line -> "train " + line + " --device cuda")
                .toArray(String[]::new));
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
    assertThat(r.out().lines().filter(l -> l.startsWith("device   CUDA on emulated")))
        .hasSameSizeAs(lines);
  }

  private static void onCpu(String line) {
    Cli.Result r = Cli.run(("train " + line + " --device cpu").split(" "));
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
  }

  private static Path newest(Path run) throws IOException {
    try (Stream<Path> all = Files.list(run.resolve("checkpoints"))) {
      return all.filter(p -> p.getFileName().toString().startsWith("step-"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  @Test
  void aRunGoesOnWhereItWasOnEitherDevice() throws Exception {
    Path whole = dir.resolve("whole");
    Path parts = dir.resolve("parts");
    Path cpu = dir.resolve("cpu");
    Path fromCpu = dir.resolve("from-cpu");
    Path fromCuda = dir.resolve("from-cuda");
    PictureDrawings.crossesAndRings(dir.resolve("pictures"), 12);
    String alexnet = ALEXNET.replace("DIR", dir.toString());
    onCpu(MLP + " --out " + cpu);
    onCpu(MLP + " --steps 7 --out " + fromCpu);
    onCuda(
        alexnet + " --steps 7 --ui --out " + whole,
        alexnet + " --steps 3 --checkpoint-every 2 --out " + parts,
        "alexnet --no-progress --steps 7 --resume " + parts,
        "mlp --no-progress --resume " + fromCpu,
        MLP + " --steps 7 --out " + fromCuda);
    onCpu("mlp --no-progress --resume " + fromCuda);

    assertThat(newest(whole)).hasFileName("step-00000007");
    assertThat(newest(parts).resolve("model.safetensors"))
        .hasSameBinaryContentAs(newest(whole).resolve("model.safetensors"));
    assertThat(parts.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("weights.safetensors"));
    for (Path mixed : List.of(fromCpu, fromCuda)) {
      CudaTrainingTest.assertNear(mixed, cpu, "loss", RELATIVE);
      CudaTrainingTest.assertNear(mixed, cpu, "val_loss", RELATIVE);
    }
    shown(JsonMapper.shared().readTree(Files.readString(whole.resolve("page.json"))));
  }

  /** Checks what the page has of the weights and gradients on the device. */
  private static void shown(JsonNode page) {
    assertThat(page.get("filters").get("name").asString()).isEqualTo("0.weight");
    assertThat(page.get("filters").get("pictures").binaryValue()).hasSizeGreaterThan(100);
    assertThat(page.get("layers").size()).isGreaterThan(10);
    for (JsonNode layer : page.get("layers")) {
      for (String of : List.of("weight", "gradient")) {
        JsonNode spread = layer.get(of);
        int counted = 0;
        for (JsonNode bar : spread.get("bars")) {
          counted += bar.asInt();
        }
        assertThat(counted).as("%s of %s", of, layer.get("name")).isPositive();
        assertThat(spread.get("notFinite").asInt()).isZero();
      }
    }
    assertThat(page.get("curves").get("grad_norm").get("y").get(0).asDouble()).isPositive();
  }
}

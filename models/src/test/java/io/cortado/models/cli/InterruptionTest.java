package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends runs by a signal, which needs a process of their own. */
final class InterruptionTest {

  @TempDir Path dir;

  private Process start(Path out) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            Cortado.class.getName(),
            "train",
            "mlp",
            "--data",
            "digits",
            "--epochs",
            "100000",
            "--out",
            out.toString())
        .redirectError(dir.resolve("err.txt").toFile())
        .start();
  }

  @Test
  void aSignalEndsTheRunAndKeepsTheBestModel() throws Exception {
    Path out = dir.resolve("run");
    Process process = start(out);
    try (BufferedReader lines = process.inputReader()) {
      String line;
      do {
        line = lines.readLine();
        assertThat(line).as(Files.readString(dir.resolve("err.txt"))).isNotNull();
      } while (!line.startsWith("epoch 3/100000"));
      long begin = System.nanoTime();
      process.toHandle().destroy(); // a signal; Process.destroy would close our end of the output
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      // A second is what users get; a machine that runs other tests beside may be slower.
      assertThat((System.nanoTime() - begin) * 1e-9).isLessThan(5);
    }
    assertThat(process.exitValue()).isEqualTo(130);
    List<String> said =
        Files.readAllLines(dir.resolve("err.txt")).stream()
            .filter(l -> l.startsWith("cortado:"))
            .toList();
    assertThat(said).hasSize(1);
    assertThat(said.getFirst())
        .contains("interrupted", "best model, of epoch", "weights.safetensors");
    assertThat(Cli.run("eval", "mlp", out.resolve("weights.safetensors").toString()).code())
        .isZero();
  }
}

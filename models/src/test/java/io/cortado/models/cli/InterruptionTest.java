package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends runs by a signal, which needs a process of their own. */
final class InterruptionTest {

  @TempDir Path dir;

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Cortado.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(dir.resolve("err.txt").toFile()).start();
  }

  private Process start(Path out) throws IOException {
    return start("train", "mlp", "--data", "digits", "--epochs", "100000", "--out", out.toString());
  }

  @Test
  void aStoppedZooKeepsNoResultOfTheTrainingThatItWasAtAndGoesOnWithIt() throws Exception {
    Path results = dir.resolve("results.jsonl");
    Path runs = dir.resolve("runs");
    String[] zoo = zoo("lenet5", runs, results);
    stopOnceItSays("epoch 1/", 1, runs, zoo);
    assertThat(results).doesNotExist();
    stopOnceItSays("epoch 2/", 1, runs, zoo);
    assertThat(results).doesNotExist();
    Path folder = onlyOne(runs);
    assertThat(folder.resolve("log.txt")).content().containsOnlyOnce("epoch 1/");
    String seconds = Files.readString(folder.resolve("seconds.txt"));
    assertThat(Double.parseDouble(seconds)).as("seconds of both").isBetween(1.0, 120.0);
  }

  @Test
  void aStoppedZooBeginsATrainingAnewThatIsNotSaved() throws Exception {
    Path runs = dir.resolve("runs");
    String[] zoo = zoo("overfitting", runs, dir.resolve("results.jsonl"));
    stopOnceItSays("data ", 1, runs, zoo);
    stopOnceItSays("data ", 2, runs, zoo);
  }

  private String[] zoo(String model, Path runs, Path results) throws IOException {
    Path page = Files.writeString(dir.resolve("page.md"), "<!-- zoo:begin -->\n<!-- zoo:end -->\n");
    return new String[] {
      "zoo",
      "--full",
      "--only",
      model,
      "--runs",
      runs.toString(),
      "--page",
      page.toString(),
      "--results",
      results.toString()
    };
  }

  private void stopOnceItSays(String words, int times, Path runs, String... arguments)
      throws Exception {
    Process process = start(arguments);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!hasSaid(words, times, runs)) {
        assertThat(process.isAlive()).as(Files.readString(dir.resolve("err.txt"))).isTrue();
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(50);
      }
      process.toHandle().destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(130);
  }

  private static boolean hasSaid(String words, int times, Path runs) throws IOException {
    if (!Files.exists(runs) || isEmpty(runs)) {
      return false;
    }
    Path log = onlyOne(runs).resolve("log.txt");
    return Files.exists(log) && Files.readString(log).split(words, -1).length > times;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static Path onlyOne(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
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

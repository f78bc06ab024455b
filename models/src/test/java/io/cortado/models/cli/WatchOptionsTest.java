package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What a run shows beside, or instead of, its training. */
final class WatchOptionsTest {

  @TempDir Path dir;

  private Cli.Result train(String... options) {
    List<String> line = new ArrayList<>(List.of("train", "mlp", "--data", "digits"));
    line.addAll(List.of(options));
    return Cli.run(line.toArray(String[]::new));
  }

  private String out() {
    return dir.resolve("run").toString();
  }

  private static List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.startsWith("cortado-dry-run-"))
          .toList();
    }
  }

  @Test
  void aDryRunLeavesNothing() throws IOException {
    List<String> before = leftovers();
    Cli.Result r = train("--dry-run", "--out", out());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out())
        .contains(
            "parameters  50,826", "weights 0.2 MB", "824 samples, 26 steps an epoch, 60 epochs")
        .containsPattern("time +[0-9.]+ ms a step, .* in all")
        .doesNotContain("test accuracy");
    assertThat(dir).isEmptyDirectory();
    assertThat(leftovers()).isEqualTo(before);
  }

  @Test
  void aLearningRateIsSuggestedAndDrawn() {
    Cli.Result r = train("--find-lr", "--out", out());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out())
        .containsPattern("learning rate [0-9.e-]+ is suggested")
        .doesNotContain("test accuracy");
    assertThat(dir.resolve("run").resolve("learning-rate.png")).isNotEmptyFile();
    assertThat(dir.resolve("run").resolve("weights.safetensors")).doesNotExist();
  }

  @Test
  void aProfileIsATableAndATrace() throws IOException {
    Cli.Result r = train("--profile", "5", "--steps", "20", "--out", out());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out())
        .containsPattern("1  Linear\\(64, 256\\) +[0-9.]+ us +[0-9.]+ us")
        .containsPattern("a step, mean of 5")
        .contains("test accuracy");
    JsonNode events =
        new ObjectMapper()
            .readTree(Files.readString(dir.resolve("run").resolve("profile.json")))
            .get("traceEvents");
    List<String> names = new ArrayList<>();
    for (JsonNode e : events) {
      names.add(e.get("name").asString());
      if (e.get("ph").asString().equals("X")) {
        assertThat(e.get("dur").asDouble()).isNotNegative();
      }
    }
    assertThat(names).contains("1 forward", "1 backward", "linear", "crossEntropy", "optimizer");
    assertThat(Files.readString(dir.resolve("run").resolve("run.json"))).doesNotContain("profile");
    Cli.Result again = Cli.run("train", "mlp", "--resume", out(), "--steps", "40", "--profile");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).contains("a step, mean of 10");
  }

  @Test
  void aRunThatBreaksDownNamesTheOperation() {
    Cli.Result r = train("--debug-nan", "--lr", "1e30", "--optimizer", "sgd", "--out", out());
    assertThat(r.code()).isEqualTo(ErrorHandler.BAD_INPUT);
    assertThat(r.err())
        .startsWith("cortado: detectAnomaly: epoch 1, step 2 of 26, forward pass: linear of layer ")
        .contains("made a tensor [32, ");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    for (String[] options :
        List.of(
            new String[] {"--dry-run", "--find-lr"},
            new String[] {"--debug-nan", "--profile"},
            new String[] {"--profile", "0"})) {
      Cli.Result r = train(options);
      assertThat(r.code()).as(String.join(" ", options)).isEqualTo(ErrorHandler.BAD_INPUT);
      assertThat(r.err()).contains(options[0]);
    }
  }
}

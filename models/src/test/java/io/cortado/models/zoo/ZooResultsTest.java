package io.cortado.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.io.FileException;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zoo's results: their file, their table, and the same trainings by PyTorch. */
final class ZooResultsTest {

  private static final Trial ACCURACY =
      Trial.of("Net", "--data some", "accuracy", Goal.atLeast(0.9), 2, "0.5 by guessing");

  private static final Trial ERROR =
      Trial.of("Net, error", "--loss mse", "error", Goal.atMost(1), 1, "");

  @TempDir Path dir;

  private static TrialResult result(String side, Trial trial, long seed, double value) {
    return new TrialResult(
        side,
        "net",
        trial.arguments(),
        seed,
        Map.of(trial.figure(), value),
        12.4,
        "2026-01-02",
        "a machine");
  }

  private ResultsFile file() throws IOException {
    return ResultsFile.read(dir.resolve("a/results.jsonl"));
  }

  @Test
  void resultsAreThereWhenTheFileIsReadAgain() throws IOException {
    TrialResult first = result(TrialResult.CORTADO, ACCURACY, 1, 0.91);
    TrialResult second = result(TrialResult.CORTADO, ACCURACY, 2, 0.93);
    file().add(first);
    file().add(second);
    file().add(result(TrialResult.PYTORCH, ACCURACY, 1, 0.5));
    file().add(result(TrialResult.CORTADO, ERROR, 1, 3));
    assertThat(file().of(TrialResult.CORTADO, "net", ACCURACY.arguments()))
        .containsExactly(first, second);
    assertThat(file().of(TrialResult.CORTADO, "net", ACCURACY.arguments(), 2)).contains(second);
    assertThat(file().of(TrialResult.CORTADO, "net", ACCURACY.arguments(), 3)).isEmpty();
    assertThat(file().of(TrialResult.CORTADO, "other", ACCURACY.arguments())).isEmpty();
  }

  @Test
  void aSeedThatWasRunAgainHasItsLastResult() throws IOException {
    ResultsFile results = file();
    results.add(result(TrialResult.CORTADO, ACCURACY, 1, 0.1));
    TrialResult again = result(TrialResult.CORTADO, ACCURACY, 1, 0.2);
    results.add(again);
    assertThat(results.of(TrialResult.CORTADO, "net", ACCURACY.arguments())).containsExactly(again);
  }

  @Test
  void aLineThatWasCutShortIsNamed() throws IOException {
    file().add(result(TrialResult.CORTADO, ACCURACY, 1, 0.91));
    Path place = dir.resolve("a/results.jsonl");
    Files.writeString(place, "{\"side\":\"cort", StandardOpenOption.APPEND);
    assertThatThrownBy(this::file)
        .isInstanceOf(FileException.class)
        .hasMessageContaining(place.toString())
        .hasMessageContaining("line 2")
        .hasMessageContaining("delete that line");
  }

  @Test
  void theTableHasMeansAndSaysWhatWasMissed() throws IOException {
    ResultsFile results = file();
    assertThat(table(results))
        .contains("| [Net](net.md) | accuracy | not yet run | | | ≥ 0.9 | | not yet run | |");
    results.add(result(TrialResult.PYTORCH, ACCURACY, 1, 0.25));
    assertThat(table(results)).contains("| not yet run | | | ≥ 0.9 | | 0.2500 | |");
    results.add(result(TrialResult.CORTADO, ACCURACY, 1, 0.91));
    results.add(result(TrialResult.CORTADO, ACCURACY, 2, 0.93));
    results.add(result(TrialResult.CORTADO, ERROR, 1, 1.5));
    assertThat(table(results))
        .contains(
            "| [Net](net.md) | accuracy | 0.9200 | 0.9100-0.9300 | 2 | ≥ 0.9 | yes | 0.2500 with 1 seed; Cortado's with it: 0.9100 | 12, 12 | 0.5 by guessing |",
            "| [Net, error](net.md) | error | 1.5000 | 1.5000-1.5000 | 1 | ≤ 1.0 | **no** | not yet run | 12 |  |",
            "Measured: 2026-01-02, a machine.");
  }

  @Test
  void aGoalIsReachedWithAllSeedsAndATwinComparedOverTheSeedsThatBothHave() throws IOException {
    ResultsFile results = file();
    results.add(result(TrialResult.CORTADO, ACCURACY, 1, 0.93));
    assertThat(table(results)).contains("| 1 of 2 | ≥ 0.9 | so far | not yet run |");
    results.add(result(TrialResult.PYTORCH, ACCURACY, 1, 0.25));
    results.add(result(TrialResult.PYTORCH, ACCURACY, 2, 0.75));
    assertThat(table(results)).contains("| 1 of 2 | ≥ 0.9 | so far | 0.2500 |");
    results.add(result(TrialResult.CORTADO, ACCURACY, 1, 0.5));
    assertThat(table(results)).contains("| 1 of 2 | ≥ 0.9 | not so far | 0.2500 |");
    results.add(result(TrialResult.CORTADO, ACCURACY, 2, 0.6));
    assertThat(table(results)).contains("| 2 | ≥ 0.9 | **no** | 0.5000 |");
  }

  @Test
  void seedsBeyondThoseAskedForAreNotTrained() throws IOException {
    ResultsFile results = file();
    for (Trial trial : Zoo.find("forecast").trials()) {
      assertThat(trial.seeds()).isGreaterThan(1);
      results.add(
          new TrialResult(
              TrialResult.CORTADO,
              "forecast",
              trial.arguments(),
              1,
              Map.of(trial.figure(), 0.5),
              1,
              "2026-01-02",
              "a machine"));
    }
    Path page = Files.writeString(dir.resolve("page.md"), "<!-- zoo:begin -->\n<!-- zoo:end -->\n");
    Path place = dir.resolve("a/results.jsonl");
    Path runs = Files.writeString(dir.resolve("runs"), "so that no folder can be made in it");
    String[] command = {
      "zoo",
      "--full",
      "--only",
      "forecast",
      "--seeds",
      "1",
      "--results",
      place.toString(),
      "--page",
      page.toString(),
      "--runs",
      runs.toString()
    };
    Cli.Result r = Cli.run(command);
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(page).content().contains("1 of 3");
    command[5] = "2";
    r = Cli.run(command);
    assertThat(r.code()).isNotZero();
    assertThat(r.err()).contains(runs.resolve("forecast-").toString());
  }

  private static String table(ResultsFile results) {
    return new ZooTable(results).of(List.of(new Net()));
  }

  @Test
  void aTwinIsGivenTheArgumentsAndItsLastLineCounts() throws Exception {
    Path script = dir.resolve("net.py");
    Files.writeString(
        script, "echo epoch >$CORTADO_STATE\necho \"epoch $*\"\necho '{\"accuracy\": 0.75}'\n");
    Path log = dir.resolve("log.txt");
    Path saved = dir.resolve("state.pt");
    assertThat(new Twin("sh", script).train(ACCURACY, 7, saved, log))
        .containsEntry("accuracy", 0.75);
    assertThat(saved).hasContent("epoch");
    assertThat(log).content().startsWith("epoch --data some --seed 7");
  }

  @Test
  void aTwinThatFailsOrSaysNoFiguresIsNamed() throws IOException {
    Path script = dir.resolve("net.py");
    Path log = dir.resolve("log.txt");
    Files.writeString(script, "echo no torch\nexit 3\n");
    assertThatThrownBy(
            () -> new Twin("sh", script).train(ACCURACY, 1, dir.resolve("state.pt"), log))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(script.toString())
        .hasMessageContaining("ended with 3")
        .hasMessageContaining(log.toString());
    Files.writeString(script, "echo done\n");
    assertThatThrownBy(
            () -> new Twin("sh", script).train(ACCURACY, 1, dir.resolve("state.pt"), log))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not: done");
  }

  /** A model with two trials, which is not trained here. */
  private static final class Net implements ZooModel {

    @Override
    public String name() {
      return "net";
    }

    @Override
    public String description() {
      return "a net";
    }

    @Override
    public List<Trial> trials() {
      return List.of(ACCURACY, ERROR);
    }

    @Override
    public List<Trial> quickTrials() {
      return List.of();
    }

    @Override
    public Figures train(Run run) {
      throw new UnsupportedOperationException();
    }
  }
}

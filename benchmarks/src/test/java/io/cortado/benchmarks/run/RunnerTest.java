package io.cortado.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {

  @Test
  void readsWhatASidePrintsAndNothingElse() {
    Outcome outcome =
        Outcome.parse(
            List.of(
                "@bench version X 1",
                "noise step 1 2",
                "@bench losses 2.5 2.25",
                "@bench step 1.5E7 20",
                "@bench memory 1000 5000",
                "@bench gemm 64x64x64-NN 100.0 1.5 20"));
    assertThat(outcome.version()).isEqualTo("X 1");
    assertThat(outcome.losses()).containsExactly(2.5f, 2.25f);
    assertThat(outcome.nanos()).containsOnlyKeys("step").containsEntry("step", 1.5e7);
    assertThat(outcome.memory()).isEqualTo(4000);
    assertThat(outcome.gemms()).containsEntry("64x64x64-NN", new Outcome.Gemm(100, 1.5, 20));
  }

  @Test
  void lossesThatPartStopTheRun() {
    Agreement.losses("a", List.of(2f, 1.01f), List.of(2.0001f, 1.0101f));
    assertThatIllegalStateException()
        .isThrownBy(() -> Agreement.losses("a", List.of(2f), List.of(2.001f)))
        .withMessageContaining("loss 0 differs");
    assertThatIllegalStateException()
        .isThrownBy(() -> Agreement.losses("a", List.of(2f, 1f), List.of(2f, 1.02f)))
        .withMessageContaining("loss 1 differs");
    assertThatIllegalStateException()
        .isThrownBy(() -> Agreement.losses("a", List.of(Float.NaN), List.of(2f)));
  }

  @Test
  void ratioAboveOneSaysThatCortadoIsFaster() {
    Results results = new Results();
    for (double t : new double[] {3e6, 1e6, 2e6}) {
      results.add(new Results.Key("a", "step", SideKind.CORTADO, 1), t);
      results.add(new Results.Key("a", "step", SideKind.PYTORCH, 1), 2 * t);
    }
    String table =
        new Tables(results, List.of(1), 0)
            .training(List.of(io.cortado.benchmarks.sides.Workloads.of("a")), "step");
    assertThat(table).contains("| 2.00 (1.00-3.00) | 4.00 (2.00-6.00) | - | 2.00 | - |");
  }

  @Test
  void replacesThePartBetweenTheMarksAlone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("x.md");
    Files.writeString(file, "a\n<!-- bench:step -->\nold\n<!-- /bench:step -->\nb\n");
    new MarkedFile(file).replace("step", "new\n");
    assertThat(Files.readString(file))
        .isEqualTo("a\n<!-- bench:step -->\nnew\n<!-- /bench:step -->\nb\n");
    assertThatIllegalStateException()
        .isThrownBy(() -> new MarkedFile(file).replace("gemm", "new\n"))
        .withMessageContaining("bench:gemm");
  }
}

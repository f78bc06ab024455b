package io.cortado.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names runs while the clock jumps. */
final class RunNamesTest {

  @TempDir Path dir;

  private Path begin(String model, String now) throws IOException {
    Path run = new RunNames(dir).next(model, LocalDateTime.parse(now));
    Files.createDirectory(run); // fails if it is there
    Files.writeString(run.resolve(RunFolder.RECORD), "{}");
    return run;
  }

  @Test
  void theirOrderIsThatInWhichTheyBeganWhateverTheClockSays() throws IOException {
    assertThat(new RunNames(dir.resolve("none")).latest("mlp")).isEmpty();
    List<String> clock =
        List.of(
            "2026-10-25T02:59:59.7",
            "2026-10-25T02:00:00", // summer has ended
            "2026-10-25T02:00:00.9", // two in a second
            "2031-01-01T00:00:00", // a wrong date
            "2026-10-25T02:00:07", // set right
            "2031-01-01T00:00:01",
            "2031-01-01T00:00:30");
    List<Path> runs = new ArrayList<>();
    for (String now : clock) {
      runs.add(begin("mlp", now));
      assertThat(new RunNames(dir).latest("mlp")).hasValue(runs.getLast());
    }
    assertThat(runs).isSorted().doesNotHaveDuplicates();
    assertThat(runs.getFirst()).hasFileName("mlp-20261025-025959");
    assertThat(runs.get(1)).hasFileName("mlp-20261025-030000");
    assertThat(runs.getLast()).hasFileName("mlp-20310101-000030");
    assertThat(begin("sweep-mlp", "2026-10-25T02:00:00"))
        .as("another model's order is its own")
        .hasFileName("sweep-mlp-20261025-020000");
    Files.createDirectories(dir.resolve("mlp-20991399-000000")); // no time, and no name of ours
    Files.createDirectories(dir.resolve("mlp-20350101-000000")); // holds no run
    assertThat(new RunNames(dir).latest("mlp")).hasValue(runs.getLast());
    assertThat(begin("mlp", "2026-10-25T02:00:00")).hasFileName("mlp-20350101-000001");
  }
}

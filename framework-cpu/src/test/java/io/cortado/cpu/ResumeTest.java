package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.train.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training that was stopped and resumed ends with the bits of one that was not. */
@Timeout(300)
final class ResumeTest {

  @TempDir Path dir;

  private ResumeWorkload workload(String name, int workers) throws IOException {
    return new ResumeWorkload(Files.createDirectories(dir.resolve(name)), workers);
  }

  private static Checkpoints settings(ResumeWorkload w, long every) {
    return new Checkpoints(w.checkpoints()).everySteps(every).keepLast(2).keepBest();
  }

  @Test
  void endsWithTheBitsOfTheUnbrokenRunWhereverItIsStopped() throws IOException {
    String unbroken = workload("unbroken", 1).run(null, 0);
    assertThat(unbroken).isNotNull();
    ResumeWorkload saving = workload("saving", 3);
    assertThat(saving.run(settings(saving, 7), 0)).as("saving changes nothing").isEqualTo(unbroken);
    int epoch = ResumeWorkload.EPOCH;
    long[][] stops = {
      {1}, {epoch - 1}, {epoch}, {2 * epoch + 1}, {3, 4, 5, epoch, 2 * epoch, 4 * epoch + 3}
    };
    for (long[] steps : stops) {
      ResumeWorkload stopped = workload("stopped-" + steps.length + "-" + steps[0], 2);
      for (long step : steps) {
        assertThat(stopped.run(settings(stopped, 1000), step)).isNull();
      }
      assertThat(stopped.run(settings(stopped, 1000), 0))
          .as("stopped after step %d and %d more", steps[0], steps.length - 1)
          .isEqualTo(unbroken);
    }
  }
}

package io.cortado.models.page;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.models.Onlooker;
import io.cortado.nn.Layer;
import io.cortado.optim.SGD;
import io.cortado.train.Callback;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a training says of itself. */
@Timeout(60)
final class LiveCallbackTest {

  private static final int STEPS = 4;

  @TempDir Path dir;

  /** Asks for a checkpoint while the run waits, then lets it go on. */
  private record Presser(Recording recording, Controls controls, List<String> states)
      implements Callback {

    @Override
    public void onStepEnd(TrainingContext training) {
      states.add(recording.all().path("now").path("state").asString());
      if (states.size() == 1) {
        controls.pause();
        Thread.ofVirtual().start(controls::save);
      } else {
        controls.goOn();
      }
    }
  }

  @Test
  void aPausedTrainingIsPausedInTheStepThatItMakesForACheckpoint() {
    Recording recording = new Recording();
    Controls controls = new Controls(() -> {});
    List<String> states = new ArrayList<>();
    try (Device device = Device.cpu()) {
      Layer model = linear(1, 1).init(device, 1);
      Trainer trainer =
          Trainer.of(model)
              .loss(crossEntropy())
              .optimizer(new SGD(0.1))
              .epochs(1)
              .batchSize(1)
              .checkpoint(new Checkpoints(dir));
      trainer
          .on(
              new Presser(recording, controls, states),
              new LiveCallback(
                  new LiveCallback.Shared(recording, controls),
                  new Onlooker.Joined(trainer, "samples", "", true, () -> false)))
          .fit(ArrayDataset.of(new float[STEPS], new int[STEPS], 1, 1));
    }
    assertThat(states.subList(0, 2)).containsExactly("training", "paused");
  }
}

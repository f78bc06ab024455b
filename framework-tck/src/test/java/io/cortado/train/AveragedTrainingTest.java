package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.Device;
import io.cortado.data.Dataset;
import io.cortado.io.FileException;
import io.cortado.io.Weights;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that averages its model's weights. */
final class AveragedTrainingTest {

  private static final int EPOCHS = 3;

  /** Of an epoch: 20 samples by 8. */
  private static final int STEPS = 3;

  @TempDir Path dir;
  private final Device device = Device.of(new ReferenceBackend());
  private final Dataset train = TrainerTest.points(20, 1);
  private final Dataset check = TrainerTest.points(12, 2);

  @AfterEach
  void close() {
    device.close();
  }

  /** A model and how it is trained, as each run makes them anew. */
  private final class Setup {
    final Layer model =
        sequential(linear(2, 5), batchNorm1d(5), relu(), linear(5, 3)).init(device, 1);
    final AveragedModel average =
        new AveragedModel(model).avgFn(AveragedModel.getEmaAvgFn(0.75)).useBuffers(true);
    final Trainer trainer =
        Trainer.of(model)
            .loss(crossEntropy())
            .optimizer(new SGD(0.2))
            .epochs(EPOCHS)
            .batchSize(8)
            .prefetch(0)
            .seed(4);

    TrainingResult fit() {
      return trainer.fit(train, check);
    }

    List<Float> own() {
      return values(model);
    }

    List<Float> averaged() {
      try (AveragedModel.Use _ = average.use()) {
        return values(model);
      }
    }
  }

  /** All that a model's file has. */
  private static List<Float> values(Module model) {
    List<Float> all = new ArrayList<>();
    model
        .stateDict()
        .forEach((name, tensor) -> {
          if (!name.endsWith("num_batches_tracked")) {
            for (float value : tensor.toFloatArray()) {
              all.add(value);
            }
          }
        });
    return all;
  }

  @Test
  void theAverageIsValidatedAndSavedAndTheTrainingItselfIsAsEver() {
    Setup plain = new Setup();
    List<Double> expected = new ArrayList<>();
    List<List<Float>> averages = new ArrayList<>();
    plain.trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            plain.average.updateParameters();
          }

          @Override
          public void onEpochEnd(TrainingContext training, EpochResult result) {
            try (AveragedModel.Use _ = plain.average.use()) {
              expected.add(Inference.evaluate(plain.model, crossEntropy(), check, 8).loss());
              averages.add(values(plain.model));
            }
          }
        });
    TrainingResult ownResult = plain.fit();

    Setup averaged = new Setup();
    BestModel best = new BestModel(dir.resolve("best.safetensors"));
    List<List<Float>> seen = new ArrayList<>();
    averaged
        .trainer
        .average(averaged.average)
        .on(best)
        .on(
            new Callback() {
              @Override
              public void onEpochEnd(TrainingContext training, EpochResult result) {
                seen.add(values(averaged.model));
              }
            });
    TrainingResult result = averaged.fit();

    for (int e = 0; e < EPOCHS; e++) {
      EpochResult epoch = result.history().get(e);
      assertThat(epoch.loss()).isEqualTo(ownResult.history().get(e).loss());
      assertThat(epoch.value("val_loss")).isEqualTo(expected.get(e));
      assertThat(seen.get(e)).isEqualTo(averages.get(e));
    }
    assertThat(result.history().getLast().value("val_loss"))
        .isNotEqualTo(ownResult.history().getLast().value("val_loss"));
    assertThat(averaged.own()).isEqualTo(plain.own());
    assertThat(averaged.average.nAveraged()).isEqualTo(EPOCHS * STEPS);
    Weights.load(best.file(), averaged.model.stateDict());
    assertThat(averaged.own()).isEqualTo(averages.get(best.bestEpoch() - 1));
  }

  @Test
  void aResumedRunGoesOnWithTheAverageToTheBit() {
    Setup whole = new Setup();
    whole.trainer.average(whole.average);
    TrainingResult expected = whole.fit();
    for (int stop : new int[] {1, STEPS, STEPS + 1, 2 * STEPS}) {
      Path folder = dir.resolve("at-" + stop);
      Setup first = new Setup();
      first
          .trainer
          .average(first.average)
          .checkpoint(new Checkpoints(folder).everySteps(1000).waitForDisk())
          .on(CheckpointsTest.stopAfter(first.trainer, stop));
      assertThat(first.fit().stoppedBy()).isEqualTo(StopReason.REQUESTED);
      Setup second = new Setup();
      TrainingResult result =
          second.trainer.average(second.average).resume(folder).fit(train, check);
      assertThat(second.own()).as("stopped after %d steps", stop).isEqualTo(whole.own());
      assertThat(second.averaged()).as("stopped after %d steps", stop).isEqualTo(whole.averaged());
      for (int e = 0; e < EPOCHS; e++) {
        assertThat(result.history().get(e).value("val_loss"))
            .isEqualTo(expected.history().get(e).value("val_loss"));
      }
    }
  }

  @Test
  void theModelHasItsOwnWeightsHoweverTheTrainingEnds() {
    Setup s = new Setup();
    List<Float> own = new ArrayList<>();
    s.trainer
        .average(s.average)
        .on(
            new Callback() {
              @Override
              public void onStepEnd(TrainingContext training) {
                own.clear();
                own.addAll(values(training.model()));
              }

              @Override
              public void onEpochEnd(TrainingContext training, EpochResult result) {
                throw new IllegalStateException("enough");
              }
            });
    assertThatIllegalStateException().isThrownBy(s::fit).withMessage("enough");
    assertThat(s.own()).isEqualTo(own);
    assertThat(s.averaged()).isNotEqualTo(own);
  }

  @Test
  void anotherModelsAverageAndARunWithoutOneAreRefused() {
    Setup s = new Setup();
    Setup other = new Setup();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> s.trainer.average(other.average))
        .withMessageContaining("another model");
    s.trainer.checkpoint(new Checkpoints(dir).waitForDisk());
    TrainingResult unused = s.fit();
    other.trainer.average(other.average).resume(dir);
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(other::fit)
        .withMessageContaining("average of weights was none, and this one's is kept");
  }
}

package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import io.cortado.metrics.Predictions;
import io.cortado.metrics.ScalarMetric;
import io.cortado.nn.Layer;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be hung into a training; a metric with a script says how good each epoch is. */
final class CallbacksTest {

  @TempDir Path dir;
  private final Device device = Device.of(new ReferenceBackend());
  private final Layer model = TrainerTest.classifier(device, 1);
  private final List<float[]> weights = new ArrayList<>();

  @AfterEach
  void close() {
    device.close();
  }

  private static final class Scripted implements ScalarMetric {
    private final double[] values;
    private int next;

    Scripted(double... values) {
      this.values = values;
    }

    @Override
    public String name() {
      return "score";
    }

    @Override
    public void reset() {}

    @Override
    public void update(Predictions batch) {}

    @Override
    public double compute() {
      return values[next++];
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }
  }

  private Trainer trainer(double... scores) {
    return Trainer.of(model)
        .loss(crossEntropy())
        .optimizer(new SGD(0.1))
        .metric(new Scripted(scores))
        .epochs(scores.length)
        .batchSize(8)
        .on(
            new Callback() {
              @Override
              public void onEpochEnd(TrainingContext training, EpochResult result) {
                weights.add(model.store().toFloatArray());
              }
            });
  }

  private TrainingResult fit(Trainer trainer) {
    return trainer.fit(TrainerTest.points(30, 1), TrainerTest.points(12, 2));
  }

  @Test
  void earlyStoppingWaitsForItsPatience() {
    TrainingResult result =
        fit(trainer(0.5, 0.7, 0.7, Double.NaN, 0.6, 0.9).on(new EarlyStopping(3)));
    assertThat(result.history()).hasSize(5);
    assertThat(result.stoppedBy()).isEqualTo(StopReason.BY_CALLBACK);
    assertThat(result.bestEpoch()).isEqualTo(2);
    assertThat(result.message())
        .isEqualTo("val_score has not become better than 0.7 of epoch 2 for 3 epochs");
  }

  @Test
  void earlyStoppingWantsImprovementsOfSomeSize() {
    TrainingResult result =
        fit(trainer(0.5, 0.505, 0.509, 0.52, 0.521, 0.522).on(new EarlyStopping(2).minDelta(0.01)));
    assertThat(result.history()).hasSize(3);
    TrainingResult byLoss =
        fit(trainer(0, 0, 0, 0).on(new EarlyStopping(1).monitor(Monitor.min("loss"))));
    assertThat(byLoss.stoppedBy()).isEqualTo(StopReason.COMPLETED); // the loss falls
  }

  @Test
  void theBestWeightsAreKeptAndBroughtBack() {
    Path file = dir.resolve("run/best.safetensors");
    BestModel best =
        new BestModel(file)
            .describedBy(new ModelDescription("toy", Shape.of(2), List.of(), Map.of()))
            .restoreAtEnd();
    fit(trainer(0.5, 0.8, Double.NaN, 0.8, 0.6).on(best));
    assertThat(best.bestEpoch()).isEqualTo(2);
    assertThat(model.store().toFloatArray()).isEqualTo(weights.get(1)).isNotEqualTo(weights.get(4));
    Layer other = TrainerTest.classifier(device, 9);
    other.load(file);
    assertThat(other.store().toFloatArray()).isEqualTo(weights.get(1));
    assertThat(Weights.describe(file).orElseThrow().name()).isEqualTo("toy");
    assertThat(file.getParent().toFile().list()).containsExactly("best.safetensors");
  }

  @Test
  void aTrainingStoppedInItsFirstEpochLeavesTheWeightsItHas() {
    Path file = dir.resolve("best.safetensors");
    Trainer trainer = trainer(0.5, 0.6).on(new BestModel(file));
    trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            trainer.requestStop();
          }
        });
    assertThat(fit(trainer).stoppedBy()).isEqualTo(StopReason.REQUESTED);
    Layer other = TrainerTest.classifier(device, 9);
    other.load(file);
    assertThat(other.store().toFloatArray()).isEqualTo(model.store().toFloatArray());
  }

  @Test
  void aStopLaterOnKeepsTheBest() {
    Path file = dir.resolve("best.safetensors");
    Trainer trainer = trainer(0.5, 0.6).on(new BestModel(file));
    trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            if (training.epoch() == 2) {
              trainer.requestStop();
            }
          }
        });
    assertThat(fit(trainer).history()).hasSize(1);
    Layer other = TrainerTest.classifier(device, 9);
    other.load(file);
    assertThat(other.store().toFloatArray()).isEqualTo(weights.get(0));
  }

  @Test
  void theLogHasALineForEachEpoch() throws IOException {
    Path file = dir.resolve("run/log.csv");
    TrainingResult result = fit(trainer(0.5, Double.NaN).on(new CsvLog(file)));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0))
        .isEqualTo("epoch,loss,val_loss,val_score,lr,samples_per_second,seconds");
    assertThat(lines).hasSize(3);
    EpochResult first = result.history().getFirst();
    assertThat(lines.get(1))
        .startsWith("1," + first.loss() + "," + first.value("val_loss") + ",0.5,0.1,");
    String[] cells = lines.get(2).split(",", -1);
    assertThat(cells).hasSize(7);
    assertThat(cells[3]).isEmpty();
  }

  @Test
  void placesThatCannotBeWrittenAreRefusedBeforeTheFirstStep() throws IOException {
    Path plain = Files.createFile(dir.resolve("plain"));
    for (Callback c :
        List.of(new CsvLog(plain.resolve("log.csv")), new BestModel(plain.resolve("w")))) {
      float[] before = model.store().toFloatArray();
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> fit(trainer(0.5).on(c)))
          .withMessageContaining("cannot be written");
      assertThat(model.store().toFloatArray()).isEqualTo(before);
    }
  }
}

package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.observe.ProfileReport;
import io.cortado.observe.ProfileReport.LayerTime;
import io.cortado.observe.ProfileReport.OperationTime;
import io.cortado.observe.Profiler;
import io.cortado.optim.Adam;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What looks at a training while it goes on. */
final class WatchTest {

  private final Device device = Device.of(new ReferenceBackend());
  private final List<String> warnings = new ArrayList<>();

  @TempDir Path dir;

  @AfterEach
  void close() {
    device.close();
  }

  private Trainer trainer(Layer model) {
    return Trainer.of(model.init(device, 1))
        .loss(crossEntropy())
        .optimizer(new SGD(0.01))
        .batchSize(4);
  }

  @Test
  void aHealthyTrainingIsNotWarnedAbout() {
    trainer(sequential(linear(2, 16), relu(), linear(16, 3)))
        .epochs(3)
        .on(new Watch(warnings::add))
        .fit(TrainerTest.points(500, 1));
    assertThat(warnings).isEmpty();
    assertThat(device.observer()).isNull();
  }

  /** Word vectors begin at 0, and so do their gradients: 20 times in 100 steps is no explosion. */
  @Test
  void normsExplodeWhereTheyGrowSuddenly() {
    for (double factor : new double[] {1.05, 1.2, 30}) {
      NormHistory norms = new NormHistory();
      double norm = 1;
      for (int i = 0; i < 200; i++) {
        norms.add(norm);
      }
      boolean exploded = false;
      for (int i = 0; i < 150; i++) {
        norm *= factor;
        exploded |= norms.exceeds(norm);
        norms.add(norm);
      }
      assertThat(norm / norms.median()).isGreaterThan(20);
      assertThat(exploded).as("by %s each step", factor).isEqualTo(factor > 1.1);
    }
  }

  @Test
  void oneBatchFarOutMakesTheGradientsExplode() {
    int n = 400;
    float[] x = new float[2 * n];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = 1 + i % 3;
      x[2 * i + 1] = i % 2;
      y[i] = i % 3;
    }
    x[2 * 7] = 5000;
    trainer(sequential(linear(2, 3)))
        .epochs(3)
        .on(new Watch(warnings::add))
        .fit(ArrayDataset.of(x, y, 3, 2));
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("gradient explosion: the norm is ")
        .contains(
            " times the median of the steps before; lower the learning rate (it is 0.01)",
            "epoch ");
  }

  /** Of 8 units 4 start with a bias that no input overcomes. */
  @Test
  void unitsThatAreAlwaysZeroAreCounted() {
    Linear first =
        linear(2, 8)
            .biasInit((values, shape, random) -> {
              for (int i = 0; i < values.length; i++) {
                values[i] = i % 2 == 0 ? -1000 : 10;
              }
            });
    trainer(sequential(first, relu(), linear(8, 3)))
        .on(new Watch(warnings::add))
        .fit(TrainerTest.points(404, 1));
    assertThat(warnings)
        .containsExactly(
            "dead units: 4 of 8 units of layer 1, ReLU, gave 0 for every sample in the 10 steps looked"
                + " at before step 100 of epoch 1; lower the learning rate (it is 0.01), or use"
                + " leakyRelu or gelu");
  }

  /** Trains 120 steps by a clock of its own; each step takes, and waits, so many milliseconds. */
  private List<String> loading(int stepMillis, int waitMillis) {
    long[] now = {0};
    List<String> told = new ArrayList<>();
    Callback time =
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            now[0] += stepMillis * 1_000_000L;
            training.batchTook(waitMillis * 1_000_000L);
          }
        };
    trainer(sequential(linear(2, 3)))
        .epochs(3)
        .on(time, new Watch(told::add, () -> now[0]))
        .fit(TrainerTest.points(480, 1));
    return told;
  }

  @Test
  void aLoaderThatIsWaitedForIsNamedOnce() {
    assertThat(loading(1000, 400))
        .containsExactly(
            "slow loader: 40 % of the time of the 100 steps before step 100 of epoch 1 was spent"
                + " waiting for batches; make more of them ahead with prefetch, do less for each"
                + " sample, or keep decoded samples");
    assertThat(loading(1000, 200)).as("a fifth of the time").isEmpty();
    assertThat(loading(10, 9)).as("a second in all").isEmpty();
  }

  @Test
  void watchingChangesNoBit() {
    List<float[]> values = new ArrayList<>();
    for (boolean watched : List.of(false, true)) {
      Layer model = sequential(linear(2, 8), relu(), linear(8, 3));
      Trainer trainer = trainer(model);
      if (watched) {
        trainer.on(new Watch(warnings::add), new ProfileSteps(5, r -> {}));
      }
      trainer.fit(TrainerTest.points(120, 1));
      values.add(model.store().toFloatArray());
    }
    assertThat(values.get(1)).isEqualTo(values.get(0));
  }

  @Test
  void aProfileKnowsLayersAndOperations() throws IOException {
    List<ProfileReport> reports = new ArrayList<>();
    trainer(sequential(linear(2, 8), relu(), sequential(linear(8, 4), linear(4, 3))))
        .optimizer(new Adam(0.01))
        .on(new ProfileSteps(7, reports::add))
        .fit(TrainerTest.points(120, 1));
    assertThat(reports).hasSize(1);
    ProfileReport report = reports.getFirst();
    assertThat(report.steps()).isEqualTo(7);
    assertThat(report.layers())
        .extracting(LayerTime::path)
        .containsExactly("0", "2.0", "2.1", "(loss)", "(optimizer)", "(between operations)");
    for (LayerTime l : report.layers().subList(0, 3)) {
      assertThat(l.forwardNanos()).as(l.path()).isPositive();
      assertThat(l.backwardNanos()).as(l.path()).isPositive();
    }
    assertThat(report.layers().getFirst().layer()).isEqualTo("Linear(2, 8)");
    long sum =
        report.layers().stream()
            .flatMapToLong(l -> LongStream.of(l.forwardNanos(), l.backwardNanos()))
            .sum();
    assertThat(sum).as("all rows together are the steps' time").isEqualTo(report.nanos());
    assertThat(report.operations())
        .filteredOn(o -> o.operation().equals("linear"))
        .singleElement()
        .extracting(OperationTime::calls)
        .isEqualTo(21L);
    assertThat(report.operations())
        .extracting(OperationTime::operation)
        .contains("gemm", "crossEntropy");
    Path file = dir.resolve("profile.json");
    report.writeTrace(file);
    assertThat(Files.readString(file))
        .contains("\"name\": \"2.1 forward\"", "\"name\": \"0 backward\"", "\"name\": \"linear\"");
  }

  @Test
  void aDeviceHasOneObserver() {
    device.observe(new Profiler(sequential(linear(2, 3)).init(device, 1)));
    assertThatIllegalStateException()
        .isThrownBy(() ->
            trainer(sequential(linear(2, 3))).detectAnomaly(true).fit(TrainerTest.points(9, 1)))
        .withMessageContaining("has an observer already");
  }

  @Test
  void aDryRunTellsMemoryAndTime() {
    List<DryRun.Needs> needs = new ArrayList<>();
    Dataset points = TrainerTest.points(90, 1);
    DryRun dry = new DryRun(needs::add);
    for (int time = 1; time <= 2; time++) { // a second training begins anew
      TrainingResult result =
          trainer(sequential(linear(2, 8), relu(), linear(8, 3)))
              .optimizer(new Adam(0.01))
              .epochs(50)
              .on(dry)
              .fit(points);
      assertThat(result.message()).isEqualTo("a dry run of 100 steps");
      assertThat(needs).hasSize(time);
    }
    DryRun.Needs n = needs.getFirst();
    assertThat(List.of(n.parameters(), n.weightBytes(), n.gradientBytes()))
        .isEqualTo(List.of(51L, 1024L, 1024L));
    assertThat(n.optimizerBytes()).isGreaterThanOrEqualTo(2 * 51 * 4);
    assertThat(List.of(n.samples(), n.steps(), n.epochs())).isEqualTo(List.of(90, 23, 50));
    assertThat(n.stepSeconds()).isPositive();
    assertThat(n.seconds()).isEqualTo(23 * 50 * n.stepSeconds());
  }

  @Test
  void aRateIsFoundBeforeATrainingAndChangesNothing() {
    List<float[]> values = new ArrayList<>();
    List<LearningRateCurve> curves = new ArrayList<>();
    for (boolean search : List.of(false, true)) {
      Layer model = sequential(linear(2, 8), relu(), linear(8, 3));
      Trainer trainer = trainer(model);
      if (search) {
        trainer.on(
            new Callback() {
              @Override
              public void onFitBegin(TrainingContext training) {
                curves.add(training.findLearningRate(new LearningRateFinder()));
              }
            });
      }
      trainer.fit(TrainerTest.points(90, 1));
      values.add(model.store().toFloatArray());
    }
    assertThat(curves.getFirst().suggestion()).isPresent();
    assertThat(values.get(1)).isEqualTo(values.get(0));
  }
}

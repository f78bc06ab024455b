package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import io.cortado.train.LearningRateCurve.Point;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The search for a learning rate; runs here because it needs a backend, and any will do. */
final class LearningRateFinderTest {

  private static final double ROUNDING = 1e-12;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Trainer trainer(Layer model, Optimizer optimizer, @Nullable GradScaler scaler) {
    Trainer trainer =
        Trainer.of(model)
            .loss(crossEntropy())
            .optimizer(optimizer)
            .clipGradNorm(1)
            .epochs(2)
            .batchSize(16)
            .seed(4);
    return scaler == null ? trainer : trainer.lossScaling(scaler);
  }

  private Layer classifier() {
    return sequential(linear(2, 8), batchNorm1d(8), dropout(0.2), relu(), linear(8, 3))
        .init(device, 1);
  }

  @Test
  void leavesEverythingAsItWas() {
    Dataset train = TrainerTest.points(100, 1);
    Layer plain = classifier();
    TrainingResult expected = trainer(plain, new Adam(0.01), new GradScaler()).fit(train);

    Layer searched = classifier();
    Trainer trainer = trainer(searched, new Adam(0.01), new GradScaler());
    LearningRateCurve curve = trainer.findLearningRate(train, new LearningRateFinder().steps(40));
    assertThat(curve.points()).hasSizeGreaterThan(20);
    assertThat(trainer.fit(train).history().getLast().values())
        .isEqualTo(expected.history().getLast().values());
    assertThat(searched.store().toFloatArray()).containsExactly(plain.store().toFloatArray());
  }

  @Test
  void inTheMiddleOfATrainingToo() {
    Dataset train = TrainerTest.points(100, 1);
    Layer plain = classifier();
    Trainer unbroken = trainer(plain, new SGD(0.1).momentum(0.9), null);
    unbroken.fit(train);
    double expected = unbroken.fit(train).history().getLast().loss();

    Layer searched = classifier();
    Trainer trainer = trainer(searched, new SGD(0.1).momentum(0.9), null);
    trainer.fit(train);
    searched.eval();
    trainer.findLearningRate(train, new LearningRateFinder());
    assertThat(searched.isTraining()).isFalse();
    assertThat(trainer.fit(train).history().getLast().loss()).isEqualTo(expected);
  }

  /** A sum of squares along axes of unit variance: gradient descent diverges above a rate of n. */
  @Test
  void findsWhereDescentDiverges() {
    int n = 4;
    Random random = new Random(5);
    float[] x = new float[256 * n];
    float[] y = new float[256];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < n; k++) {
        x[i * n + k] = (float) random.nextGaussian();
        y[i] += (k + 1) * x[i * n + k];
      }
    }
    Dataset train =
        ArrayDataset.builder().floats(Field.INPUTS, x, n).floats(Field.LABELS, y, 1).build();
    LearningRateCurve curve =
        Trainer.of(linear(n, 1).init(device, 1))
            .loss(mse())
            .optimizer(new SGD(1))
            .batchSize(256)
            .findLearningRate(train, new LearningRateFinder().range(1e-4, 100));
    assertThat(curve.diverged()).isTrue();
    // mse has the Hessian 2 X'X / 256, near 2: unstable above a rate of 1.
    assertThat(curve.points().getLast().lr()).isBetween(1.0, 10.0);
    assertThat(curve.suggestion().orElseThrow()).isBetween(0.02, 1.0);
  }

  @Test
  void ratesGrowByAFactorAndLossesAreSmoothed() {
    LearningRateCurve curve =
        trainer(classifier(), new Adam(0.01), null)
            .findLearningRate(
                TrainerTest.points(64, 1), new LearningRateFinder().range(1e-6, 1e-2).steps(20));
    assertThat(curve.diverged()).isFalse();
    assertThat(curve.points()).hasSize(20);
    double mean = 0;
    for (int i = 0; i < 20; i++) {
      Point p = curve.points().get(i);
      assertThat(p.lr()).isCloseTo(1e-6 * Math.pow(1e4, i / 20.0), within(1e-9 * p.lr()));
      mean = 0.98 * mean + 0.02 * p.loss();
      assertThat(p.smoothed()).isCloseTo(mean / (1 - Math.pow(0.98, i + 1)), within(ROUNDING));
    }
  }

  @Test
  void suggestsTheSteepestFall() {
    List<Point> points =
        IntStream.range(0, 40)
            .mapToObj(i -> new Point(i, 0, i == 3 || i == 25 ? 0.5 : i < 25 ? 1 : 0.2))
            .toList();
    assertThat(new LearningRateCurve(points, false).suggestion()).hasValue(25);
    assertThat(new LearningRateCurve(points.subList(0, 20), false).suggestion()).isEmpty();
    assertThat(new LearningRateCurve(points.subList(0, 12), true).suggestion()).isEmpty();
  }

  @Test
  void badSettingsAreRefused() {
    LearningRateFinder finder = new LearningRateFinder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> finder.range(1, 0.1))
        .withMessageContaining("0 < smallest < largest");
    assertThatIllegalArgumentException().isThrownBy(() -> finder.range(1, Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> finder.steps(14))
        .withMessageContaining("at least 15");
    assertThatIllegalArgumentException().isThrownBy(() -> finder.endAt(1));
    Dataset train = TrainerTest.points(16, 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> Trainer.of(classifier()).findLearningRate(train, finder))
        .withMessage("findLearningRate: set loss(...) or objective(...) first");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(classifier(), new SGD(0), null).findLearningRate(train, finder))
        .withMessageContaining("give it any above 0");
  }

  @Test
  @Timeout(60)
  void aSourceOfNoBatchesIsTold() {
    BatchSource none =
        new BatchSource() {
          @Override
          public int batches(int epoch) {
            return 0;
          }

          @Override
          public int samples(int epoch) {
            return 0;
          }

          @Override
          public Batches epoch(Device on, int epoch, int fromBatch) {
            return Batches.made(
                on,
                fromBatch,
                0,
                (scope, index) -> {
                  throw new AssertionError("there is none");
                });
          }
        };
    Trainer trainer = trainer(classifier(), new SGD(0.1), null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.findLearningRate(none, new LearningRateFinder()))
        .withMessageContaining("no batches");
  }
}

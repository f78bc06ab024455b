package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.loss.Losses.mse;
import static io.cortado.metrics.Metrics.accuracy;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Batch;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.data.Epoch;
import io.cortado.data.Field;
import io.cortado.metrics.Metrics;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ReduceLROnPlateau;
import io.cortado.optim.SGD;
import io.cortado.optim.StepLR;
import io.cortado.tck.reference.ReferenceBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The training loop; runs here because it needs a backend, and any will do. */
final class TrainerTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  /** Points of the plane, in three classes by the direction they lie in. */
  static Dataset points(int n, long seed) {
    Random random = new Random(seed);
    float[] x = new float[2 * n];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = i % 3;
      double angle = (y[i] + 0.6 * (random.nextDouble() - 0.5)) * 2 * Math.PI / 3;
      double r = 1 + random.nextDouble();
      x[2 * i] = (float) (r * Math.cos(angle));
      x[2 * i + 1] = (float) (r * Math.sin(angle));
    }
    return ArrayDataset.of(x, y, 3, 2);
  }

  static Layer classifier(Device device, long seed) {
    return sequential(linear(2, 8), relu(), linear(8, 3)).init(device, seed);
  }

  @Test
  void learnsToTellClassesApart() {
    TrainingResult result =
        Trainer.of(classifier(device, 1))
            .loss(crossEntropy())
            .optimizer(new Adam(0.05))
            .metric(accuracy())
            .epochs(8)
            .batchSize(16)
            .seed(3)
            .fit(points(150, 1), points(60, 2));
    assertThat(result.stoppedBy()).isEqualTo(StopReason.COMPLETED);
    assertThat(result.history()).hasSize(8);
    assertThat(result.history().getLast().value("val_accuracy")).isGreaterThan(0.97);
    assertThat(result.history().getLast().loss())
        .isLessThan(0.5 * result.history().getFirst().loss());
    assertThat(result.history().getFirst().values().keySet())
        .containsExactly("loss", "val_loss", "val_accuracy");
    EpochResult best = result.best().orElseThrow();
    assertThat(result.history())
        .allMatch(e -> e.value("val_accuracy") <= best.value("val_accuracy"));
    assertThat(best.epoch()).isEqualTo(result.bestEpoch());
    assertThat(best.steps()).isEqualTo(10);
    assertThat(best.samples()).isEqualTo(150);
  }

  @Test
  void isTheLoopThatOneWritesByHand() {
    Dataset train = points(50, 1);
    Layer byHand = sequential(linear(2, 8), dropout(0.3), relu(), linear(8, 3)).init(device, 1);
    Optimizer sgd = new SGD(0.1).attach(byHand);
    DataLoader loader = DataLoader.of(train).batchSize(8).shuffle(7);
    double lossSum = 0;
    device.seed(7);
    for (int e = 0; e < 2; e++) {
      lossSum = 0;
      try (Epoch batches = loader.epoch(device, e)) {
        for (Batch batch : batches) {
          try (Step step = device.step()) {
            Tensor loss = crossEntropy(byHand.forward(batch.inputs()), batch.labels());
            loss.backward();
            byHand.store().clipGradNorm(0.5);
            sgd.step();
            lossSum += loss.item() * (double) batch.size();
          }
        }
      }
    }
    Layer trained = sequential(linear(2, 8), dropout(0.3), relu(), linear(8, 3)).init(device, 1);
    TrainingResult result =
        Trainer.of(trained)
            .loss(crossEntropy())
            .optimizer(new SGD(0.1))
            .clipGradNorm(0.5)
            .epochs(2)
            .batchSize(8)
            .seed(7)
            .fit(train);
    assertThat(trained.store().toFloatArray()).isEqualTo(byHand.store().toFloatArray());
    assertThat(result.history().getLast().loss()).isCloseTo(lossSum / 50, within(1e-6));
  }

  @Test
  void evaluatingInBetweenDoesNotChangeHowItTrains() {
    Layer alone = sequential(linear(2, 8), dropout(0.3), linear(8, 3)).init(device, 1);
    Layer validated = sequential(linear(2, 8), dropout(0.3), linear(8, 3)).init(device, 1);
    for (Layer model : List.of(alone, validated)) {
      Trainer t = Trainer.of(model).loss(crossEntropy()).optimizer(new SGD(0.1)).epochs(3).seed(5);
      if (model == alone) {
        t.fit(points(40, 1));
      } else {
        t.metric(accuracy()).fit(points(40, 1), points(20, 2));
      }
    }
    assertThat(validated.store().toFloatArray()).isEqualTo(alone.store().toFloatArray());
  }

  @Test
  void goesOnWhereItEndedWhenFitIsCalledAgain() {
    Layer once = classifier(device, 1);
    TrainingResult whole =
        Trainer.of(once)
            .loss(crossEntropy())
            .optimizer(new Adam(0.01))
            .epochs(4)
            .seed(5)
            .fit(points(40, 1));
    Layer twice = classifier(device, 1);
    Trainer trainer =
        Trainer.of(twice).loss(crossEntropy()).optimizer(new Adam(0.01)).epochs(2).seed(5);
    trainer.fit(points(40, 1));
    TrainingResult second = trainer.fit(points(40, 1));
    assertThat(twice.store().toFloatArray()).isEqualTo(once.store().toFloatArray());
    assertThat(second.history().getLast().epoch()).isEqualTo(4);
    assertThat(second.history().getLast().loss()).isEqualTo(whole.history().getLast().loss());
  }

  private static final class Sum extends Module {
    private final Linear left = child("left", linear(2, 1));
    private final Linear right = child("right", linear(3, 1));

    Tensor of(Tensor a, Tensor b) {
      return left.forward(a).add(right.forward(b));
    }
  }

  @Test
  void trainsModelsOfSeveralInputs() {
    Random random = new Random(1);
    float[] a = new float[2 * 64];
    float[] b = new float[3 * 64];
    float[] y = new float[64];
    for (int i = 0; i < 64; i++) {
      for (int k = 0; k < 5; k++) {
        float v = random.nextFloat() - 0.5f;
        (k < 2 ? a : b)[k < 2 ? 2 * i + k : 3 * i + k - 2] = v;
        y[i] += v * (k + 1);
      }
    }
    Dataset set =
        ArrayDataset.builder().floats("a", a, 2).floats("b", b, 3).floats("labels", y, 1).build();
    Sum model = new Sum();
    model.init(device, 1);
    Forward forward = batch -> model.of(batch.get("a"), batch.get("b"));
    Trainer.of(model, forward)
        .objective((output, batch) -> mse(output, batch.get("labels")))
        .optimizer(new Adam(0.05))
        .metric(Metrics.rmse())
        .epochs(150)
        .fit(set, set);
    assertThat(model.left.weight().value().toFloatArray()[1]).isCloseTo(2, within(0.05f));
    assertThat(Inference.evaluate(model, forward, set, 10, Metrics.mae()).metric("mae"))
        .isLessThan(0.05);
    Outputs outputs = Inference.predict(model, forward, set, 10);
    assertThat(outputs.shape().toArray()).containsExactly(64, 1);
    assertThat(outputs.values()[63]).isCloseTo(y[63], within(0.1f));
  }

  @Test
  void evaluationWeighsTheLastBatchByItsSizeAndLeavesTheModelAsItWas() {
    Layer model = sequential(linear(2, 8), dropout(0.9), linear(8, 3)).init(device, 1);
    Dataset set = points(11, 4);
    Evaluation batches = Inference.evaluate(model, crossEntropy(), set, 4, accuracy());
    Evaluation whole = Inference.evaluate(model, crossEntropy(), set, 11, accuracy());
    assertThat(batches.loss()).isCloseTo(whole.loss(), within(1e-6));
    assertThat(batches.metrics()).isEqualTo(whole.metrics());
    assertThat(batches.samples()).isEqualTo(11);
    assertThat(model.isTraining()).isTrue();
    model.eval();
    assertThat(Inference.predict(model, set, 4).values())
        .isEqualTo(Inference.predict(model, set, 11).values());
    assertThat(model.isTraining()).isFalse();
  }

  @Test
  void schedulesSetTheRateBeforeEpochsOrSteps() {
    List<Double> rates = new ArrayList<>();
    Callback note =
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            rates.add(training.optimizer().lr());
          }
        };
    Trainer.of(classifier(device, 1))
        .loss(crossEntropy())
        .optimizer(new SGD(0.8))
        .schedule(new StepLR(1, 0.5))
        .on(note)
        .epochs(3)
        .batchSize(10)
        .fit(points(20, 1));
    assertThat(rates).containsExactly(0.8, 0.8, 0.4, 0.4, 0.2, 0.2);
    rates.clear();
    Trainer.of(classifier(device, 1))
        .loss(crossEntropy())
        .optimizer(new SGD(0.8))
        .scheduleSteps(new StepLR(3, 0.5))
        .on(note)
        .epochs(2)
        .batchSize(10)
        .fit(points(20, 1));
    assertThat(rates).containsExactly(0.8, 0.8, 0.8, 0.4);
  }

  @Test
  void aPlateauLowersTheRateAfterTheEpochsThatMadeItOne() {
    List<Double> rates = new ArrayList<>();
    TrainingResult result =
        Trainer.of(classifier(device, 1))
            .loss(crossEntropy())
            .optimizer(new SGD(1e-12)) // learns nothing that a float could show
            .schedule(new ReduceLROnPlateau().patience(1).factor(0.5).eps(0))
            .epochs(6)
            .batchSize(10)
            .fit(points(20, 1));
    result.history().forEach(e -> rates.add(e.lr()));
    // the first epoch sets the mark, the third is the second that is no better
    assertThat(rates).containsExactly(1e-12, 1e-12, 1e-12, 0.5e-12, 0.5e-12, 0.25e-12);
  }

  @Test
  void schedulesThatUndoEachOtherAreRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            Trainer.of(classifier(device, 1))
                .loss(crossEntropy())
                .optimizer(new SGD(0.1))
                .schedule(new StepLR(1))
                .scheduleSteps(new StepLR(1))
                .fit(points(20, 1)))
        .withMessageContaining("only one can be set");
    assertThatIllegalStateException()
        .isThrownBy(() ->
            Trainer.of(classifier(device, 1))
                .loss(crossEntropy())
                .optimizer(new SGD(0.1))
                .metric(accuracy())
                .schedule(new ReduceLROnPlateau())
                .fit(points(20, 1), points(10, 2)))
        .withMessageContaining("mode MIN, and of 'val_accuracy', which it watches, larger");
  }

  /** Stands between core and a backend, and counts how often the host waits for it. */
  private static Backend countingDownloads(Backend backend, AtomicInteger count) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, args) -> {
              if (method.getName().equals("refusesIndices")) {
                return false; // as a backend whose memory is its own says
              }
              if (method.getName().equals("download") || method.getName().equals("synchronize")) {
                count.incrementAndGet();
              }
              try {
                return method.invoke(backend, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void noStepWaitsForTheDevice() {
    AtomicInteger downloads = new AtomicInteger();
    try (Device counted = Device.of(countingDownloads(new ReferenceBackend(), downloads))) {
      Layer model = classifier(counted, 1);
      downloads.set(0);
      Trainer.of(model)
          .loss(crossEntropy())
          .optimizer(new Adam(0.01))
          .clipGradNorm(1)
          .epochs(3)
          .batchSize(10)
          .fit(points(600, 1));
      assertThat(downloads).hasValue(6); // loss and gradients, once for each epoch of 60 steps
    }
  }

  @Test
  void aLossThatBlowsUpEndsTheTrainingWithTheReason() {
    List<StopReason> ends = new ArrayList<>();
    Trainer trainer =
        Trainer.of(classifier(device, 1))
            .loss(crossEntropy())
            .optimizer(new SGD(1e20))
            .epochs(50)
            .batchSize(8)
            .on(
                new Callback() {
                  @Override
                  public void onFitEnd(TrainingContext training, StopReason why) {
                    ends.add(why);
                  }
                });
    NonFiniteLossException e =
        catchThrowableOfType(NonFiniteLossException.class, () -> trainer.fit(points(40, 1)));
    assertThat(e)
        .hasMessage(
            "the loss became infinite or NaN in epoch 1, at step 2 of 5; the first parameter with such a"
                + " gradient is 0.weight[8, 2], of layer 0, Linear(2, 8); lower the learning rate (it is"
                + " 1.0E20), limit gradients with clipGradNorm(1), or look for NaN in the data;"
                + " detectAnomaly(true), or --debug-nan, names the operation");
    assertThat(e.result().stoppedBy()).isEqualTo(StopReason.NON_FINITE_LOSS);
    assertThat(ends).containsExactly(StopReason.NON_FINITE_LOSS);
  }

  @Test
  void stopsBeforeTheNextStepWhenAsked() {
    List<Integer> steps = new ArrayList<>();
    Trainer trainer =
        Trainer.of(classifier(device, 1)).loss(crossEntropy()).optimizer(new SGD(0.1)).batchSize(8);
    trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            steps.add(training.step());
            if (training.step() == 3) {
              trainer.requestStop();
            }
          }
        });
    TrainingResult result = trainer.fit(points(80, 1));
    assertThat(steps).containsExactly(1, 2, 3);
    assertThat(result.stoppedBy()).isEqualTo(StopReason.REQUESTED);
    assertThat(result.message()).isEqualTo("stopped on request in epoch 1 after step 3 of 10");
    assertThat(result.history()).isEmpty();
    assertThat(result.best()).isEmpty();
  }

  @Test
  void anInterruptEndsItToo() {
    Thread.currentThread().interrupt();
    TrainingResult result =
        Trainer.of(classifier(device, 1))
            .loss(crossEntropy())
            .optimizer(new SGD(0.1))
            .fit(points(80, 1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.stoppedBy()).isEqualTo(StopReason.REQUESTED);
  }

  @Test
  void aFailureTellsAllCallbacksAndFreesEverything() {
    List<String> ends = new ArrayList<>();
    Callback failing =
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            throw new IllegalStateException("disk on fire");
          }

          @Override
          public void onFitEnd(TrainingContext training, StopReason why) {
            ends.add("first " + why);
            throw new IllegalStateException("and again");
          }
        };
    Callback other =
        new Callback() {
          @Override
          public void onFitEnd(TrainingContext training, StopReason why) {
            ends.add("second " + why);
          }
        };
    Trainer trainer =
        Trainer.of(classifier(device, 1))
            .loss(crossEntropy())
            .optimizer(new SGD(0.1))
            .on(failing, other);
    assertThatIllegalStateException()
        .isThrownBy(() -> trainer.fit(points(80, 1)))
        .withMessage("disk on fire")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(ends).containsExactly("first FAILED", "second FAILED");
    long inUse = device.backend().memory().inUseBytes();
    assertThatIllegalStateException().isThrownBy(() -> trainer.fit(points(80, 1)));
    assertThat(device.backend().memory().inUseBytes()).isEqualTo(inUse);
  }

  @Test
  void wrongSettingsAreRefused() {
    Layer model = classifier(device, 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> Trainer.of(model).loss(crossEntropy()).fit(points(9, 1)))
        .withMessage("fit: set optimizer(...) first");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(new SGD(0.1))
                .metric(accuracy())
                .fit(points(9, 1)))
        .withMessageContaining(
            "metric 'accuracy' is measured on a validation set, and none is given");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(new SGD(0.1))
                .monitor(Monitor.min("val_acuracy"))
                .fit(points(9, 1), points(9, 1)))
        .withMessageContaining("there is no 'val_acuracy' to watch; there are: loss, val_loss");
    assertThatIllegalArgumentException().isThrownBy(() -> Trainer.of(model).epochs(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.of(model).clipGradNorm(Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.of(model).metric(accuracy(), accuracy()));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() ->
            Trainer.of(sequential(linear(2, 3)))
                .loss(crossEntropy())
                .optimizer(new SGD(0.1))
                .fit(points(9, 1)))
        .withMessageContaining("call init(device, seed)");
  }

  /** A part that is frozen, or freezes itself, stays so whatever is measured in between. */
  @Test
  void measuringLeavesEachPartInItsMode() {
    Layer backbone = sequential(linear(2, 8), dropout(0.5));
    Layer model = sequential(backbone, relu(), linear(8, 3)).init(device, 1);
    backbone.eval();
    Trainer trainer = Trainer.of(model).loss(crossEntropy()).optimizer(new SGD(0.1));
    List<Runnable> measurements =
        List.of(
            () -> Inference.evaluate(model, points(9, 1), 4, accuracy()),
            () -> Inference.predict(model, points(9, 1), 4),
            () -> model.summary(Shape.of(1, 2)),
            () -> trainer.findLearningRate(points(90, 1), new LearningRateFinder().steps(30)));
    for (Runnable measure : measurements) {
      measure.run();
      assertThat(model.isTraining()).isTrue();
      assertThat(backbone.isTraining()).isFalse();
    }
    model.eval();
    backbone.train();
    measurements.getFirst().run();
    assertThat(model.isTraining()).isFalse();
    assertThat(backbone.isTraining()).isTrue();
  }

  /** A part that overrides train(), as PyTorch's users do to freeze it. */
  private static final class Frozen extends Layer {
    private final Layer inner = child("inner", sequential(dropout(0.5)));

    @Override
    public Layer train() {
      super.train();
      inner.eval();
      return this;
    }

    @Override
    public Tensor forward(Tensor x) {
      return inner.forward(x);
    }
  }

  @Test
  void aPartsOwnTrainIsCalled() {
    Frozen frozen = new Frozen();
    Layer model = sequential(linear(2, 3), frozen).init(device, 1);
    List<Boolean> seen = new ArrayList<>();
    Trainer.of(model)
        .loss(crossEntropy())
        .optimizer(new SGD(0.1))
        .epochs(2)
        .on(
            new Callback() {
              @Override
              public void onStepEnd(TrainingContext training) {
                seen.add(frozen.isTraining());
                seen.add(frozen.inner.isTraining());
              }
            })
        .fit(points(9, 1), points(9, 1));
    assertThat(seen).containsExactly(true, false, true, false);
  }

  @Test
  void metricsNeedLabelsOfTheOutputsShape() {
    Dataset set =
        ArrayDataset.builder()
            .floats(Field.INPUTS, new float[12], 2)
            .classes(Field.LABELS, new int[12], 3, 2)
            .build();
    Layer model = classifier(device, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Inference.evaluate(model, set, 6, accuracy()))
        .withMessageContainingAll("metrics", "[6, 3]", "[6, 2]", "without axis 1");
  }

  @Test
  void anOptimizerThatHasAModelIsRefused() {
    Layer model = classifier(device, 1);
    Trainer trainer = Trainer.of(model).loss(crossEntropy()).optimizer(new Adam(0.1).attach(model));
    assertThatIllegalStateException()
        .isThrownBy(() -> trainer.fit(points(9, 1)))
        .withMessageContaining("Adam is attached to a model already");
  }
}

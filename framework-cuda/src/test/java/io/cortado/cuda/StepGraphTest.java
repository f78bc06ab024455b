package io.cortado.cuda;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.backend.BackendException;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.Sequential;
import io.cortado.optim.Adam;
import io.cortado.optim.CyclicLR;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import io.cortado.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps that are recorded, and those that cannot be: all end with the bits of ordinary ones. */
@OnEmulator
final class StepGraphTest {

  private static final int FEATURES = 6;
  private static final int CLASSES = 3;
  private static final int OUT_OF_MEMORY = 2;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
  }

  /** A small network with all that changes from step to step: dropout, running statistics, Adam. */
  private static final class Net implements AutoCloseable {

    final Device device = TrainingTest.cuda();
    final BatchNorm norm = batchNorm1d(8);
    final Sequential model =
        sequential(linear(FEATURES, 8), norm, relu(), dropout(0.3), linear(8, CLASSES));
    final CrossEntropyLoss loss = crossEntropy();
    final Optimizer optimizer;
    final List<Float> losses = new ArrayList<>();
    final StepGraph graph;
    Runnable inBody = () -> {};

    Net(Supplier<Optimizer> optimizer) {
      model.init(device, 5);
      device.seed(9);
      this.optimizer = optimizer.get().attach(model);
      graph = device.capture(this::body);
    }

    Net() {
      this(() -> new Adam(1e-2));
    }

    Tensor body(Tensor[] in) {
      Tensor value = loss.forward(model.forward(in[0]), in[1]);
      inBody.run();
      value.backward();
      optimizer.step();
      return value;
    }

    void step(int number, int samples, boolean captured) {
      Random random = new Random(number);
      int[] labels = new int[samples];
      float[] x = new float[samples * FEATURES];
      for (int i = 0; i < samples; i++) {
        labels[i] = random.nextInt(CLASSES);
        x[i * FEATURES + labels[i]] = random.nextFloat();
      }
      step(x, labels, captured);
    }

    void step(float[] x, int[] labels, boolean captured) {
      try (Scope scope = device.scope()) {
        Tensor[] in = {
          scope.tensor(x, labels.length, FEATURES), scope.tensor(labels, labels.length)
        };
        if (captured) {
          losses.add(graph.run(in).item());
        } else {
          try (Step _ = device.step()) {
            losses.add(body(in).item());
          }
        }
      }
    }

    Net momentum(@Nullable Double momentum) {
      norm.momentum(momentum);
      return this;
    }

    /** Returns all that is saved of the model: parameters, running statistics, counts. */
    List<String> state() {
      List<String> all = new ArrayList<>();
      model
          .stateDict()
          .forEach((name, t) ->
              all.add(
                  name
                      + (t.dtype() == DType.INT32
                          ? Arrays.toString(t.toIntArray())
                          : Arrays.toString(t.toFloatArray()))));
      return all;
    }

    @Override
    public void close() {
      device.close();
    }
  }

  /** Does the same with and without graphs, and compares the bits of losses and parameters. */
  private static String sameBits(Supplier<Net> nets, Consumer<Net> work, Consumer<Net> eagerWork) {
    try (Net eager = nets.get();
        Net captured = nets.get()) {
      eagerWork.accept(eager);
      work.accept(captured);
      assertThat(captured.losses).isEqualTo(eager.losses);
      assertThat(captured.state()).isEqualTo(eager.state());
      return captured.graph.toString();
    }
  }

  /** A momentum is an argument of the recorded kernel, so a new one needs a new recording. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aMomentumThatIsCycledCountsInRecordedStepsToo(boolean adam) {
    CyclicLR cycles = new CyclicLR(0.01, 0.1).stepSize(3, 3);
    Consumer<Net> work = net -> scheduledSteps(net, cycles, true);
    Consumer<Net> eager = net -> scheduledSteps(net, cycles, false);
    String graph =
        sameBits(
            () -> new Net(() -> adam ? new Adam(0.1) : new SGD(0.1).momentum(0.9)), work, eager);
    assertThat(graph).doesNotContain("cannot be recorded");
  }

  private static void scheduledSteps(Net net, CyclicLR cycles, boolean captured) {
    for (int i = 0; i < 9; i++) {
      net.optimizer.schedule(cycles, i);
      net.step(i, 4, captured);
    }
  }

  private static void steps(Net net, boolean captured, int... samples) {
    for (int i = 0; i < samples.length; i++) {
      net.step(i, samples[i], captured);
    }
  }

  @Test
  void runningStatisticsFollowAsTheirMomentumSays() {
    int[] sizes = {8, 8, 8, 8, 8};
    String said =
        sameBits(
            () -> new Net().momentum(null),
            n -> steps(n, true, sizes),
            n -> steps(n, false, sizes));
    assertThat(said).contains("without momentum");
    sameBits(Net::new, n -> changing(n, true, sizes), n -> changing(n, false, sizes));
  }

  private static void changing(Net net, boolean captured, int... sizes) {
    steps(net, captured, sizes);
    steps(net.momentum(0.5), captured, sizes);
  }

  @Test
  void aShortBatchRunsOperationByOperationAndIsCounted() {
    int[] sizes = {8, 8, 8, 3, 8, 8, 3, 8};
    String said = sameBits(Net::new, n -> steps(n, true, sizes), n -> steps(n, false, sizes));
    assertThat(said)
        .contains("5 steps replayed")
        .contains("the first step of its shapes=1")
        .contains("other shapes than the recorded [[8, 6], [8]]=2");
  }

  @Test
  void ratesThatChangeAreFollowed() {
    Supplier<Net> nets = () -> new Net(() -> new SGD(0.1).momentum(0.9).weightDecay(0.01));
    sameBits(nets, n -> withRates(n, true), n -> withRates(n, false));
  }

  private static void withRates(Net net, boolean captured) {
    for (int i = 0; i < 8; i++) {
      net.optimizer.setLr(0.1 / (1 + i / 2));
      net.step(i, 8, captured);
    }
  }

  @Test
  void evaluatingBetweenStepsChangesNothing() {
    Consumer<Net> eager = n -> evaluating(n, false);
    sameBits(Net::new, n -> evaluating(n, true), eager);
    assertThat(Emulator.errors()).isEmpty();
  }

  private static void evaluating(Net net, boolean captured) {
    for (int i = 0; i < 8; i++) {
      net.step(i, 8, captured);
      net.model.eval();
      try (Step _ = net.device.inference()) {
        Tensor y = net.model.forward(net.device.ones(50, FEATURES));
        net.losses.add(y.toFloatArray()[0]);
      }
      net.model.train();
    }
  }

  @Test
  void aNewSeedIsRecordedAnew() {
    Consumer<Net> eager = n -> seeds(n, false);
    assertThat(sameBits(Net::new, n -> seeds(n, true), eager)).contains("5 steps replayed");
  }

  private static void seeds(Net net, boolean captured) {
    steps(net, captured, 8, 8, 8);
    net.device.seed(1234);
    steps(net, captured, 8, 8, 8);
  }

  /** The last one recorded draws nothing, which is its own affair. */
  @Test
  void eachGraphCountsItsOwnRandomNumbers() {
    sameBits(Net::new, n -> besideAnother(n, true), n -> besideAnother(n, false));
  }

  private static void besideAnother(Net net, boolean captured) {
    steps(net, captured, 8, 8, 8);
    StepGraph.Body sum = in -> in[0].sum();
    try (Scope scope = net.device.scope();
        StepGraph other = net.device.capture(sum)) {
      Tensor ones = scope.ones(3);
      for (int i = 0; i < 4; i++) {
        if (captured) {
          Tensor unused = other.run(ones);
        } else {
          try (Step _ = net.device.step()) {
            Tensor unused = sum.run(new Tensor[] {ones});
          }
        }
        net.step(i, 8, captured);
        net.step(i, 8, captured);
      }
    }
  }

  @Test
  void gradientsOfAnEarlierPassAreAddedTo() {
    String said = sameBits(Net::new, n -> accumulating(n, true), n -> accumulating(n, false));
    assertThat(said).contains("gradients that were there before the step=1");
  }

  private static void accumulating(Net net, boolean captured) {
    steps(net, captured, 8, 8, 8);
    try (Step step = net.device.step()) {
      Tensor x = step.ones(4, FEATURES);
      net.loss.forward(net.model.forward(x), step.tensor(new int[4], 4)).backward();
    }
    steps(net, captured, 8, 8);
  }

  @Test
  void aStepThatReadsFromTheDeviceIsNotRecordedAndSaysSo() {
    Consumer<Net> work =
        n -> {
          n.inBody = () -> n.losses.add(n.model.store().toFloatArray()[0]);
          steps(n, true, 8, 8, 8);
        };
    Consumer<Net> eager =
        n -> {
          n.inBody = () -> n.losses.add(n.model.store().toFloatArray()[0]);
          steps(n, false, 8, 8, 8);
        };
    assertThat(sameBits(Net::new, work, eager))
        .contains("0 steps replayed")
        .contains("cannot be recorded: a download of")
        .contains("=2");
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void anExceptionOfTheBodyLeavesTheDeviceAsItWas() {
    Consumer<Net> work =
        n -> {
          n.step(0, 8, true);
          n.inBody =
              () -> {
                throw new IllegalArgumentException("of the body");
              };
          assertThatThrownBy(() -> n.step(1, 8, true)).hasMessage("of the body");
          n.inBody = () -> {};
          for (int i = 1; i < 5; i++) {
            n.step(i, 8, true);
          }
        };
    String said = sameBits(Net::new, work, n -> steps(n, false, 8, 8, 8, 8, 8));
    assertThat(said).contains("4 steps replayed");
    assertThat(Emulator.errors()).isEmpty();
  }

  /** An assertion in a body is no exception, and takes no more memory with it. */
  @Test
  void anErrorOfTheBodyGivesTheMemoryOfTheRecordingBack() {
    try (Net net = new Net()) {
      steps(net, true, 8);
      net.inBody =
          () -> {
            throw new AssertionError("of the body");
          };
      long before = net.device.backend().memory().inUseBytes();
      for (int i = 1; i <= 3; i++) {
        int number = i;
        assertThatThrownBy(() -> net.step(number, 8, true))
            .isInstanceOf(AssertionError.class)
            .hasMessage("of the body");
        assertThat(net.device.backend().memory().inUseBytes()).isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cuStreamBeginCapture, 1",
    "cuStreamEndCapture, 1",
    "cuGraphInstantiateWithFlags, 1",
    "cuGraphDestroy, 1",
    "cuGraphLaunch, 1",
    "cuLaunchKernel, 1",
    "cuLaunchKernel, 7",
    "cublasSgemm, 2",
  })
  void aFailedCallLeavesTheDeviceUsable(String function, int nth) {
    try (Net net = new Net()) {
      net.step(0, 8, true);
      Emulator.failNth(function, nth, function.startsWith("cublas") ? 14 : OUT_OF_MEMORY);
      assertThatThrownBy(() -> net.step(1, 8, true))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(function.replace("WithFlags", ""));
      for (int i = 2; i < 5; i++) {
        net.step(i, 8, true);
      }
      assertThat(net.losses).doesNotContain(Float.NaN).hasSize(4);
    }
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void memoryThatIsShortWhileRecordingIsSaidAndNothingIsLost() {
    Consumer<Net> work =
        n -> {
          n.step(0, 8, true);
          n.inBody = () -> n.device.currentStep("test").scratch(io.cortado.DType.FLOAT32, 1L << 40);
          assertThatThrownBy(() -> n.step(1, 8, true))
              .isInstanceOf(BackendException.class)
              .hasMessageContaining("out of device memory");
          n.inBody = () -> {};
          for (int i = 1; i < 5; i++) {
            n.step(i, 8, true);
          }
        };
    sameBits(Net::new, work, n -> steps(n, false, 8, 8, 8, 8, 8));
  }

  @Test
  void labelsAreCheckedAtEachReplay() {
    try (Net net = new Net()) {
      steps(net, true, 8, 8, 8);
      float[] x = new float[8 * FEATURES];
      assertThatThrownBy(() -> net.step(x, new int[] {0, 1, 2, 0, 1, 2, 3, 0}, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("label 3 at position 6");
      net.step(3, 8, true);
      assertThat(net.graph.replays()).isEqualTo(3);
    }
  }

  @Test
  void whatIsClosedIsNotRun() {
    Net net = new Net();
    steps(net, true, 8, 8, 8);
    StepGraph graph = net.graph;
    try (Step step = net.device.step()) {
      Tensor x = step.ones(8, FEATURES);
      Tensor y = step.tensor(new int[8], 8);
      assertThatThrownBy(() -> graph.run(x, y)).isInstanceOf(IllegalStateException.class);
    }
    long inUse = net.device.backend().memory().inUseBytes();
    graph.close();
    graph.close();
    assertThat(net.device.backend().memory().inUseBytes()).isLessThan(inUse);
    assertThatThrownBy(() -> graph.run()).hasMessageContaining("closed");
    net.close();
    assertThat(Emulator.counter("memory_in_use")).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void theTrainerGivesTheSameBits() {
    List<Object> results = new ArrayList<>();
    for (boolean capture : new boolean[] {false, true}) {
      try (Net net = new Net()) {
        Random random = new Random(1);
        float[] x = new float[50 * FEATURES];
        int[] labels = new int[50];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = i % CLASSES;
          x[i * FEATURES + labels[i]] = random.nextFloat();
        }
        Dataset data = ArrayDataset.of(x, labels, CLASSES, FEATURES);
        var result =
            Trainer.of(net.model)
                .loss(crossEntropy())
                .optimizer(new Adam(1e-2))
                .clipGradNorm(1)
                .captureSteps(capture)
                .epochs(3)
                .batchSize(8)
                .seed(4)
                .fit(data, data);
        assertThat(result.history()).hasSize(3);
        results.add(net.state());
        results.add(result.history().get(2).loss());
      }
    }
    assertThat(results.get(2)).isEqualTo(results.get(0));
    assertThat(results.get(3)).isEqualTo(results.get(1));
    assertThat(Emulator.errors()).isEmpty();
  }

  private static Net weighted() {
    Net net = new Net();
    net.loss.weight(1, 2, 3);
    return net;
  }

  @Test
  void aLosssWeightsAreKeptForTheRecording() {
    int[] sizes = {8, 8, 8, 3, 8, 8};
    String said =
        sameBits(StepGraphTest::weighted, n -> steps(n, true, sizes), n -> steps(n, false, sizes));
    assertThat(said).contains("4 steps replayed").doesNotContain("cannot be recorded");
    try (Net net = weighted();
        StepGraph other = net.device.capture(net::body);
        Scope scope = net.device.scope()) {
      Tensor x = scope.ones(4, FEATURES);
      Tensor labels = scope.tensor(new int[4], 4);
      for (int i = 0; i < 4; i++) {
        net.step(i, 8, true);
        assertThat(other.run(x, labels).item()).isFinite();
      }
      assertThat(List.of(net.graph.replays(), other.replays())).isEqualTo(List.of(3L, 3L));
      other.close();
      net.step(4, 8, true);
      assertThat(net.graph.replays()).isEqualTo(4);
    }
    assertThat(Emulator.errors()).isEmpty();
  }

  /** Neither where that keeps the step from being recorded, nor where shapes always change. */
  @ParameterizedTest
  @CsvSource({"8, 8", "8, 4"})
  void weightsMadeAnewInEachStepDoNotPileUp(int even, int odd) {
    try (Net net = weighted()) {
      net.inBody =
          () -> {
            CrossEntropyLoss unused = net.loss.weight(1, 2, 3);
          };
      long[] inUse = new long[8];
      for (int i = 0; i < inUse.length; i++) {
        net.step(i, i % 2 == 0 ? even : odd, true);
        inUse[i] = net.device.backend().memory().inUseBytes();
      }
      assertThat(net.graph.replays()).isZero();
      assertThat(inUse[7]).isEqualTo(inUse[3]);
    }
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void aStepThatSetsTheSeedIsNotRecorded() {
    Consumer<Net> eager = n -> seeding(n, false);
    assertThat(sameBits(Net::new, n -> seeding(n, true), eager))
        .contains("0 steps replayed")
        .contains("cannot be recorded: seed");
  }

  private static void seeding(Net net, boolean captured) {
    net.inBody = () -> net.device.seed(3);
    steps(net, captured, 8, 8, 8, 8);
  }
}

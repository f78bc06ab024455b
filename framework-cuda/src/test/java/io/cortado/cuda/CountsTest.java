package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.optim.Optimizer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a steady training step asks of the device: how efficient this backend is, where there is no
 * device to take the time on. The emulated cuBLAS and cuDNN count one kernel a call.
 */
@OnEmulator
final class CountsTest {

  private static final int SAMPLES = 128;
  private static final long BATCH_BYTES = SAMPLES * (784L + 1) * Float.BYTES;
  private static final int WARM_UP = 4;

  /** What one step did. */
  private record Counts(
      long launches,
      long graphLaunches,
      long kernels,
      long allocations,
      long pinned,
      long synchronisations,
      long h2d,
      long d2h) {

    static Counts of(Networks network, Supplier<Optimizer> optimizer, boolean captured) {
      try (Training training = new Training(TrainingTest.cuda(), network, optimizer, captured)) {
        for (int i = 0; i < WARM_UP; i++) {
          training.step(i, SAMPLES, false);
        }
        training.device.backend().synchronize();
        Emulator.resetCounters();
        training.step(WARM_UP, SAMPLES, false);
        long synchronisations = Emulator.counter("synchronisations");
        training.device.backend().synchronize(); // bytes are counted when they travel
        Counts counts =
            new Counts(
                Emulator.counter("launches"),
                Emulator.counter("graph_launches"),
                Emulator.counter("graph_kernels"),
                Emulator.counter("allocations"),
                Emulator.counter("pinned_allocations"),
                synchronisations,
                Emulator.counter("h2d_bytes"),
                Emulator.counter("d2h_bytes"));
        System.out.printf("emulated: %s, %s: %s%n", network, captured ? "graph" : "eager", counts);
        return counts;
      }
    }
  }

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    // A stream that is never asked would never be done; a GPU is, while the host goes on.
    Emulator.configure("late", 0);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  private static void expectSteady(Counts counts) {
    assertThat(counts.allocations()).isZero();
    assertThat(counts.pinned()).isZero();
    assertThat(counts.synchronisations()).isZero();
    assertThat(counts.h2d()).as("the batch, and nothing else").isEqualTo(BATCH_BYTES);
    assertThat(counts.d2h()).isZero();
  }

  private static void expectGraph(Counts counts, int kernels) {
    expectSteady(counts);
    assertThat(counts.graphLaunches()).isEqualTo(1);
    assertThat(counts.launches()).as("outside of the graph").isZero();
    assertThat(counts.kernels()).isBetween(1L, (long) kernels);
  }

  private static void expectEager(Counts counts, int launches) {
    expectSteady(counts);
    assertThat(counts.graphLaunches()).isZero();
    assertThat(counts.launches()).isBetween(1L, (long) launches);
  }

  @Test
  void lenetIsOneLaunch() {
    expectGraph(Counts.of(Networks.LENET_5_MODERN, Training.SGD, true), 40);
    expectGraph(Counts.of(Networks.LENET_5_1998, Training.SGD, true), 40);
    expectGraph(Counts.of(Networks.LENET_5_MODERN, Training.ADAM, true), 40);
  }

  @Test
  void mlpIsOneLaunch() {
    expectGraph(Counts.of(Networks.MLP, Training.SGD, true), 25);
    expectGraph(Counts.of(Networks.MLP, Training.ADAM, true), 25);
  }

  /** Three calls and four launches for the layer, however many steps the sequences have. */
  @Test
  void lstmIsOneLaunch() {
    expectGraph(Counts.of(Networks.LSTM, Training.SGD, true), 40);
    expectGraph(Counts.of(Networks.DEEP_GRU, Training.ADAM, true), 80);
  }

  @Test
  void eagerStepsAreNoMoreThanTheirKernels() {
    expectEager(Counts.of(Networks.LENET_5_MODERN, Training.SGD, false), 40);
    expectEager(Counts.of(Networks.LENET_5_1998, Training.SGD, false), 40);
    expectEager(Counts.of(Networks.MLP, Training.ADAM, false), 25);
    expectEager(Counts.of(Networks.LSTM, Training.SGD, false), 40);
  }
}

package io.cortado.cuda;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.nn.Sequential;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A long training, in which batches change their size all the time. */
final class ManyStepsTest {

  private static final int STEPS = 10_000;
  private static final int WARM_UP = 500;
  private static final int LARGEST = 24;
  private static final int USUAL = 16;
  private static final int FEATURES = 12;

  @Test
  void memoryIsFlat() {
    Emulator.load();
    Emulator.reset();
    Device device = TrainingTest.cuda();
    Sequential model = sequential(linear(FEATURES, 16), relu(), dropout(0.1), linear(16, 4));
    model.init(device, 1);
    CrossEntropyLoss loss = crossEntropy();
    Optimizer optimizer = new Adam(1e-3).attach(model);
    StepGraph graph =
        device.capture(in -> {
          Tensor value = loss.forward(model.forward(in[0]), in[1]);
          value.backward();
          optimizer.step();
          return value;
        });
    Random random = new Random(3);
    long warm = 0;
    for (int i = 0; i < STEPS; i++) {
      // Half of the batches are full ones, as most are in a training.
      int samples = random.nextBoolean() ? USUAL : 1 + random.nextInt(LARGEST);
      try (Scope batch = device.scope()) {
        float[] x = new float[samples * FEATURES];
        int[] y = new int[samples];
        for (int k = 0; k < samples; k++) {
          y[k] = random.nextInt(4);
          x[k * FEATURES + y[k]] = 1;
        }
        Tensor unused = graph.run(batch.tensor(x, samples, FEATURES), batch.tensor(y, samples));
      }
      if (i % 100 == 99) {
        try (Step _ = device.inference()) {
          Tensor unused = model.forward(device.zeros(i % 7 + 1, FEATURES));
        }
        device.backend().synchronize();
      }
      if (i == WARM_UP) {
        warm = Emulator.counter("memory_in_use");
        Emulator.resetCounters();
      }
    }
    System.out.println(graph + ", " + device.backend().memory());
    assertThat(Emulator.counter("memory_in_use")).as("device memory in the end").isEqualTo(warm);
    assertThat(Emulator.counter("allocations")).as("allocations after step 500").isZero();
    assertThat(Emulator.counter("pinned_allocations")).isZero();
    assertThat(graph.replays() + graph.eagerSteps().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(STEPS);
    assertThat(graph.replays()).isGreaterThan(STEPS / 3);
    device.close();
    assertThat(Emulator.counter("memory_in_use")).as("device memory after close").isZero();
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }
}

package io.cortado.cpu;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.backend.BackendOptions;
import io.cortado.data.ArrayDataset;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.data.Epoch;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that opens and closes devices is left as it was. */
@Timeout(120)
final class DeviceLifeTest {

  /** A thread that was told to end may first finish what it is at. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final BackendOptions OPTIONS = BackendOptions.DEFAULTS.withThreads(3);

  @TempDir Path dir;

  private static Dataset samples() {
    float[] inputs = new float[64 * 4];
    int[] labels = new int[64];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) Math.sin(i);
      labels[i / 4] = i / 4 % 2;
    }
    return ArrayDataset.of(inputs, labels, 2, 4);
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("cortado-"))
        .collect(Collectors.toSet());
  }

  @Test
  void noThreadOutlivesItsDevice() throws InterruptedException {
    Set<Thread> before = threads();
    for (int round = 0; round < 3; round++) {
      try (Device device = Device.open("cpu", OPTIONS)) {
        Layer model = sequential(linear(4, 8), tanh(), linear(8, 2)).init(device, 1);
        Trainer.of(model)
            .loss(crossEntropy())
            .optimizer(new Adam(0.01))
            .epochs(3)
            .batchSize(16)
            .prefetch(3)
            .checkpoint(new Checkpoints(dir.resolve("round" + round)).everySteps(2))
            .fit(samples());
        assertThat(threads()).as("of the workers").hasSizeGreaterThan(before.size());
      }
    }
    for (Thread thread : threads()) {
      if (!before.contains(thread)) {
        assertThat(thread.join(PATIENCE)).as("%s has ended", thread.getName()).isTrue();
      }
    }
  }

  @Test
  void closingTwiceDoesNothing() {
    Device device = Device.open("cpu", OPTIONS);
    Layer model = linear(4, 2).init(device, 1);
    Scope scope = device.scope();
    StepGraph graph = device.capture(in -> model.forward(in[0]));
    Epoch epoch = DataLoader.of(samples()).batchSize(8).prefetch(2).epoch(device, 0);
    epoch.next();
    Step step = device.step();
    Step inner = device.inference();
    for (AutoCloseable c : List.of(inner, step, epoch, graph, scope, device)) {
      closeTwice(c);
    }
    closeTwice(device.backend());
    // In the wrong order too: the device has closed them all.
    List.of(step, scope, inner).forEach(Scope::close);
    graph.close();
    epoch.close();
    assertThatThrownBy(device::step)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed; open a new one");
  }

  @Test
  void whatIsOpenMayBeClosedAfterItsDevice() {
    Device device = Device.open("cpu", OPTIONS);
    Scope scope = device.scope();
    scope.zeros(3);
    Epoch epoch = DataLoader.of(samples()).batchSize(8).prefetch(2).epoch(device, 0);
    epoch.next();
    Step step = device.step();
    StepGraph graph = device.capture(in -> in[0].relu());
    device.close();
    step.close();
    graph.close();
    epoch.close();
    scope.close();
    assertThat(step.isOpen()).isFalse();
  }

  private static void closeTwice(AutoCloseable c) {
    try {
      c.close();
      c.close();
    } catch (Exception e) {
      throw new AssertionError("closing " + c + " twice", e);
    }
  }
}

package io.cortado.models;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.scaledTanh;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A training loop that has warmed up asks the system for no memory, and makes hardly any garbage.
 */
@Tag("steady")
class SteadyStepTest {

  private static final int BATCH = 128;

  private static final int WARM_UP = 300;

  /** A busy machine takes as long to compile one kernel. */
  private static final long QUIET = 3_000_000_000L;

  private static final long LONGEST = 60_000_000_000L;

  private static final int MEASURED = 100;

  /** Of Java heap, by all threads of the JVM, in one step: forward, backward and optimizer. */
  private static final long BYTES_PER_STEP = 4096;

  @Test
  void modernLeNet5() {
    measure(
        sequential(
            conv2d(1, 6, 5).padding(2),
            relu(),
            maxPool2d(2),
            conv2d(6, 16, 5),
            relu(),
            maxPool2d(2),
            flatten(),
            linear(400, 120),
            relu(),
            linear(120, 84),
            relu(),
            linear(84, 10)),
        new SGD(0.01).momentum(0.9));
  }

  @Test
  void leNet5Of1998() {
    measure(
        sequential(
            conv2d(1, 6, 5).padding(2),
            scaledTanh(),
            avgPool2d(2),
            conv2d(6, 16, 5),
            scaledTanh(),
            avgPool2d(2),
            flatten(),
            linear(400, 120),
            scaledTanh(),
            linear(120, 84),
            scaledTanh(),
            linear(84, 10)),
        new Adam(1e-3));
  }

  @Test
  void mlp() {
    measure(
        sequential(flatten(), linear(784, 512), relu(), linear(512, 256), relu(), linear(256, 10)),
        new SGD(0.01).momentum(0.9));
  }

  private static void measure(Layer model, Optimizer optimizer) {
    try (Device device = Device.cpu()) {
      model.init(device, 1);
      optimizer.attach(model);
      Tensor inputs = device.root().full(0.5f, BATCH, 1, 28, 28);
      Tensor labels = device.root().tensor(new int[BATCH], BATCH);
      warmUp(() -> step(device, model, optimizer, inputs, labels));
      long system = device.backend().memory().systemAllocations();
      long before = allocated();
      for (int i = 0; i < MEASURED; i++) {
        step(device, model, optimizer, inputs, labels);
      }
      long bytes = allocated() - before;
      assertThat(device.backend().memory().systemAllocations())
          .as("system allocations")
          .isEqualTo(system);
      System.out.printf("%s: %d bytes of Java heap a step%n", optimizer, bytes / MEASURED);
      assertThat(bytes / MEASURED).as("bytes of Java heap a step").isLessThan(BYTES_PER_STEP);
    }
  }

  /** Runs until the compilers have been idle for a while: what is interpreted makes garbage. */
  private static void warmUp(Runnable step) {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    long begin = System.nanoTime();
    long quietSince = begin;
    long compiled = -1;
    for (int i = 0; i < WARM_UP || System.nanoTime() - quietSince < QUIET; i++) {
      step.run();
      long now = compilers.getTotalCompilationTime();
      if (now != compiled && System.nanoTime() - begin < LONGEST) {
        compiled = now;
        quietSince = System.nanoTime();
      }
    }
  }

  private static void step(
      Device device, Layer model, Optimizer optimizer, Tensor inputs, Tensor labels) {
    try (Step _ = device.step()) {
      crossEntropy(model.forward(inputs), labels).backward();
      optimizer.step();
    }
  }

  /** Returns what all threads of the JVM have allocated so far. */
  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }
}

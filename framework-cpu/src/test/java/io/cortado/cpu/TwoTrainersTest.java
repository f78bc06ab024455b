package io.cortado.cpu;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads of a JVM train a model each, on devices of their own, as each does alone. */
@Timeout(120)
final class TwoTrainersTest {

  private static final int STEPS = 40;
  private static final int BATCH = 64;

  /** Trains and returns the loss of every step. */
  private static float[] train(long seed, CyclicBarrier start) throws Exception {
    float[] losses = new float[STEPS];
    try (Device device =
        Device.of(
            CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.VECTOR_API))) {
      device.seed(seed);
      Layer model =
          sequential(
                  conv2d(1, 8, 3).padding(1),
                  relu(),
                  flatten(),
                  linear(8 * 16 * 16, 64),
                  relu(),
                  dropout(0.5),
                  linear(64, 10))
              .init(device, seed);
      Optimizer optimizer = new Adam(1e-3).attach(model);
      float[] pixels = new float[BATCH * 16 * 16];
      int[] classes = new int[BATCH];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) Math.sin(seed + 0.37 * i);
      }
      for (int i = 0; i < BATCH; i++) {
        classes[i] = i % 10;
      }
      Tensor x = device.root().tensor(pixels, BATCH, 1, 16, 16);
      Tensor y = device.root().tensor(classes, BATCH);
      start.await();
      for (int i = 0; i < STEPS; i++) {
        try (Step _ = device.step()) {
          Tensor loss = crossEntropy(model.forward(x), y);
          losses[i] = loss.item();
          loss.backward();
          optimizer.step();
        }
      }
    }
    return losses;
  }

  @Test
  void theLossesAreThoseOfEachAlone() throws Exception {
    CyclicBarrier alone = new CyclicBarrier(1);
    List<float[]> expected = List.of(train(1, alone), train(2, alone));
    CyclicBarrier both = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Callable<float[]> first = () -> train(1, both);
      Callable<float[]> second = () -> train(2, both);
      List<Future<float[]>> results = List.of(threads.submit(first), threads.submit(second));
      for (int i = 0; i < 2; i++) {
        assertThat(results.get(i).get()).isEqualTo(expected.get(i));
        assertThat(expected.get(i)[STEPS - 1]).isLessThan(expected.get(i)[0]);
      }
    }
  }
}

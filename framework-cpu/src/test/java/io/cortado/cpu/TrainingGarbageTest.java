package io.cortado.cpu;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.Device;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.train.Callback;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A steady training step leaves next to no garbage, and asks the system for no memory.
 *
 * <p>On scalar loops, because vectors live in registers only once their loop has been compiled, and
 * a test is too short for that.
 */
final class TrainingGarbageTest {

  private static final int LIMIT = 4096;
  private static final int STEPS = 400;

  /** Notes how much the training's thread has allocated after each step. */
  private static final class Meter implements Callback {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] allocated = new long[STEPS];
    private final long[] systemAllocations = new long[STEPS];

    @Override
    public void onStepEnd(TrainingContext training) {
      int i = training.step() - 1;
      systemAllocations[i] = training.device().backend().memory().systemAllocations();
      allocated[i] = threads.getCurrentThreadAllocatedBytes();
    }
  }

  @Test
  void aSteadyStepStaysUnderFourKibibytes() {
    Random random = new Random(1);
    float[] x = new float[STEPS * 16 * 20];
    int[] y = new int[STEPS * 16];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextInt(5);
    }
    Dataset set = ArrayDataset.of(x, y, 5, 20);
    Meter meter = new Meter();
    try (Device device = Device.of(CpuBackend.open(BackendOptions.DEFAULTS, Simd.Choice.SCALAR))) {
      Layer model =
          sequential(linear(20, 32), relu(), linear(32, 32), relu(), linear(32, 5)).init(device, 1);
      Trainer.of(model)
          .loss(crossEntropy())
          .optimizer(new Adam(1e-3))
          .clipGradNorm(1)
          .on(meter)
          .epochs(2) // the second one writes over the first one's readings
          .batchSize(16)
          .fit(set);
    }
    long[] perStep = new long[STEPS - 1];
    for (int i = 0; i < perStep.length; i++) {
      perStep[i] = meter.allocated[i + 1] - meter.allocated[i];
    }
    Arrays.sort(perStep);
    assertThat(perStep[perStep.length / 2]).as("bytes of Java heap, median step").isLessThan(LIMIT);
    assertThat(meter.systemAllocations[STEPS - 1])
        .as("the pool's requests at the end of the epoch")
        .isEqualTo(meter.systemAllocations[10]);
  }
}

package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.tck.SequenceReversal;
import org.junit.jupiter.api.Test;

/** A transformer learns what needs attention. */
class TransformerTrainingTest {

  private static final int STEPS = 300;
  private static final int SAMPLES = 64;
  private static final double NEARLY_ALL = 0.99;

  @Test
  void learnsToReverse() {
    try (Device device = Device.cpu()) {
      SequenceReversal model = new SequenceReversal(0);
      model.init(device, 1);
      Optimizer optimizer = new Adam(5e-3).attach(model);
      for (int i = 0; i < STEPS; i++) {
        try (Step step = device.step()) {
          Tensor loss = model.loss(SequenceReversal.batch(step, i, SAMPLES));
          loss.backward();
          optimizer.step();
        }
      }
      model.eval();
      assertThat(model.accuracy(device, -1, 256)).isGreaterThan(NEARLY_ALL);
    }
  }
}

package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.tck.SequenceReversal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transformer in training, with dropout, replayed or not: as on the CPU. */
@OnEmulator
final class TransformerTrainingTest {

  /** The largest relative difference of a loss from the CPU's. */
  private static final float AS_ON_THE_CPU = 1e-4f;

  private static final int STEPS = 20;
  private static final int SAMPLES = 8;
  private static final double DROPOUT = 0.1;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void lossesAreThoseOfTheCpu() {
    float[] cpu = losses(Device.cpu(), false);
    float[] captured = losses(TrainingTest.cuda(), true);
    assertThat(losses(TrainingTest.cuda(), false)).as("without a graph").isEqualTo(captured);
    assertThat(cpu[STEPS - 1]).as("it moves").isLessThan(cpu[0]);
    for (int i = 0; i < STEPS; i++) {
      assertThat(Math.abs(captured[i] - cpu[i]) / cpu[i]).as("step " + i).isLessThan(AS_ON_THE_CPU);
    }
  }

  private static float[] losses(Device opened, boolean capture) {
    try (Device device = opened) {
      SequenceReversal model = new SequenceReversal(DROPOUT);
      model.init(device, 1);
      device.seed(7);
      Optimizer optimizer = new Adam(1e-3).attach(model);
      StepGraph.Body body =
          in -> {
            Tensor loss = model.loss(in);
            loss.backward();
            optimizer.step();
            return loss;
          };
      StepGraph graph = device.capture(body);
      float[] losses = new float[STEPS];
      for (int i = 0; i < STEPS; i++) {
        try (Scope scope = device.scope()) {
          Tensor[] batch = SequenceReversal.batch(scope, i, SAMPLES);
          if (capture) {
            losses[i] = graph.run(batch).item();
          } else {
            try (Step _ = device.step()) {
              losses[i] = body.run(batch).item();
            }
          }
        }
      }
      if (capture) {
        assertThat(graph.replays()).isEqualTo(STEPS - 1);
      }
      return losses;
    }
  }
}

package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.nn.Embedding;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SparseAdam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A gradient that lists its rows keeps a step from being recorded, and changes no result by that.
 */
@OnEmulator
final class SparseTableTest {

  private static final int STEPS = 4;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  private static float[] trained(Device opened, boolean capture) {
    try (Device device = opened) {
      Embedding table = new Embedding(6, 4).sparse(true);
      table.init(device, 1);
      Optimizer optimizer = new SparseAdam(0.1).attach(table);
      StepGraph.Body body =
          in -> {
            Tensor loss = table.forward(in[0]).square().mean();
            loss.backward();
            optimizer.step();
            return loss;
          };
      StepGraph graph = device.capture(body);
      for (int i = 0; i < STEPS; i++) {
        try (Scope scope = device.scope()) {
          Tensor in = scope.tensor(new int[] {i, 2, 2, (i + 3) % 6, 2}, 5);
          if (capture) {
            Tensor unused = graph.run(in);
          } else {
            try (Step _ = device.step()) {
              Tensor unused = body.run(new Tensor[] {in});
            }
          }
        }
      }
      if (capture) {
        assertThat(graph.replays()).isZero();
        assertThat(graph.toString())
            .contains("cannot be recorded", "sparse gradient of table [6, 4]");
      }
      return table.weight().value().toFloatArray();
    }
  }

  @Test
  void aCapturedStepRunsOperationByOperation() {
    float[] eager = trained(TrainingTest.cuda(), false);
    assertThat(trained(TrainingTest.cuda(), true)).isEqualTo(eager);
  }
}

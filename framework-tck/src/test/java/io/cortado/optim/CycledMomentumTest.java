package io.cortado.optim;

import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Linear;
import io.cortado.tck.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A momentum that a schedule sets is the one that the optimizer steps with. */
final class CycledMomentumTest {

  private static final int STEPS = 12;
  private static final double FLOATS = 1e-5;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private float[] train(Optimizer optimizer, LRSchedule schedule) {
    Linear model = linear(1, 1, false);
    model.init(device, 3);
    optimizer.attach(model);
    float[] weights = new float[STEPS + 1];
    weights[0] = model.store().toFloatArray()[0];
    for (int t = 0; t < STEPS; t++) {
      optimizer.schedule(schedule, t);
      try (Step step = device.step()) {
        Tensor y = model.forward(step.tensor(new float[] {1}, 1, 1));
        mse().forward(y, step.tensor(new float[] {2}, 1, 1)).backward();
        optimizer.step();
      }
      weights[t + 1] = model.store().toFloatArray()[0];
    }
    return weights;
  }

  @Test
  void ofSgd() {
    LRSchedule cycle = new OneCycleLR(0.2, STEPS);
    float[] weights = train(new SGD(1).momentum(0.9), cycle);
    double w = weights[0];
    double direction = 0;
    for (int t = 0; t < STEPS; t++) {
      double g = 2 * (w - 2);
      direction = t == 0 ? g : cycle.momentum(0.9, t) * direction + g;
      w -= cycle.lr(1, t) * direction;
      assertThat((double) weights[t + 1]).isCloseTo(w, within(FLOATS));
    }
  }

  @Test
  void ofAdam() {
    LRSchedule cycle = new OneCycleLR(0.2, STEPS);
    float[] weights = train(new Adam(1), cycle);
    double w = weights[0];
    double m = 0;
    double v = 0;
    for (int t = 0; t < STEPS; t++) {
      double beta1 = cycle.momentum(0.9, t);
      double g = 2 * (w - 2);
      m = beta1 * m + (1 - beta1) * g;
      v = 0.999 * v + 0.001 * g * g;
      double corrected = m / (1 - Math.pow(beta1, t + 1));
      w -= cycle.lr(1, t) * corrected / (Math.sqrt(v / (1 - Math.pow(0.999, t + 1))) + 1e-8);
      assertThat((double) weights[t + 1]).isCloseTo(w, within(FLOATS));
    }
  }
}

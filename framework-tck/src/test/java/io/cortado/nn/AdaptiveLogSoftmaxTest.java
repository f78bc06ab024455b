package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.tck.reference.ReferenceBackend;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What PyTorch's values do not show of the loss with clusters of classes. */
class AdaptiveLogSoftmaxTest {

  private static final Offset<Float> ROUNDING = within(1e-5f);

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void probabilitiesOfAllClassesAreOneTogether() {
    var layer = new AdaptiveLogSoftmaxWithLoss(8, 11, new int[] {2, 5}, 2, true);
    layer.init(device, 1);
    try (Step step = device.step()) {
      float[] numbers = new float[4 * 8];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) Math.sin(i);
      }
      var x = step.tensor(numbers, 4, 8);
      float[] sums = layer.logProb(x).exp().sum(1, false).toFloatArray();
      assertThat(sums).containsExactly(new float[] {1, 1, 1, 1}, ROUNDING);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused(() -> new AdaptiveLogSoftmaxWithLoss(8, 11, 5, 5), "[5, 5]", "11");
    refused(() -> new AdaptiveLogSoftmaxWithLoss(8, 11, 5, 11), "[5, 11]", "1 to 10");
    refused(() -> new AdaptiveLogSoftmaxWithLoss(8, 11), "[]", "11");
    refused(() -> new AdaptiveLogSoftmaxWithLoss(8, 11, 2, 4, 6), "cluster 1", "divValue");
    var layer = new AdaptiveLogSoftmaxWithLoss(8, 11, 5);
    layer.init(device, 1);
    try (Step step = device.step()) {
      var x = step.zeros(2, 8);
      refused(() -> layer.forward(x, step.tensor(new int[] {0, 11}, 2)), "label 11", "0 to 10");
      refused(() -> layer.forward(x, step.tensor(new int[] {0, -1}, 2)), "label -1");
      refused(() -> layer.forward(x, step.tensor(new int[] {0}, 1)), "[2, 8]", "[1]");
      refused(() -> layer.logProb(step.zeros(2, 7)), "[2, 7]", "[N, 8]");
    }
  }
}

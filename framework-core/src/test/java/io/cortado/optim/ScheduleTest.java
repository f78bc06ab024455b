package io.cortado.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  /** Values from PyTorch 1.13.1: StepLR(opt, 3, 0.5), initial 0.4, after 0, 2, 3, 7 and 9 steps. */
  @Test
  void stepLrIsTorchs() {
    LRSchedule s = new StepLR(3, 0.5);
    double[] expected = {0.4, 0.4, 0.2, 0.1, 0.05};
    int[] at = {0, 2, 3, 7, 9};
    for (int i = 0; i < at.length; i++) {
      assertThat(s.lr(0.4, at[i])).isCloseTo(expected[i], within(1e-15));
    }
  }

  /** Values from PyTorch 1.13.1: CosineAnnealingLR(opt, 10, 0.01), initial 0.1. */
  @Test
  void cosineIsTorchs() {
    LRSchedule s = new CosineAnnealingLR(10, 0.01);
    double[] expected = {0.1, 0.09779754323328192, 0.055, 0.01, 0.012202456766718092};
    int[] at = {0, 1, 5, 10, 11};
    for (int i = 0; i < at.length; i++) {
      assertThat(s.lr(0.1, at[i])).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void warmupGrowsToTheScheduleItLeadsTo() {
    LRSchedule s = new StepLR(2, 0.1).withWarmup(4);
    double[] expected = {0.2, 0.4, 0.6, 0.8, 1, 1, 0.1};
    for (int t = 0; t < expected.length; t++) {
      assertThat(s.lr(1, t)).isCloseTo(expected[t], within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void learningRatesThatAreNoneAreRefused(double lr) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SGD(lr))
        .withMessageContaining("learning rate is " + lr);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Adam(1e-3).setLr(lr))
        .withMessageContaining("learning rate is " + lr);
  }
}

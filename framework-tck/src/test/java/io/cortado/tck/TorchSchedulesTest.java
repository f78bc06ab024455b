package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.optim.LRSchedule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learning rates and momenta over 200 steps beside those of {@code record_schedules.py}. */
final class TorchSchedulesTest {

  /** The values are recorded as floats, and PyTorch's recursions round at each step. */
  private static final double RELATIVE = 2e-7;

  private static void assertClose(String what, double actual, double expected) {
    assertThat(actual)
        .as(what)
        .isCloseTo(expected, within(Math.abs(expected) * RELATIVE + TorchSchedules.ABSOLUTE));
  }

  static Stream<TorchFixtures.Case> schedules() {
    return TorchSchedules.schedules();
  }

  static Stream<TorchFixtures.Case> plateaus() {
    return TorchSchedules.plateaus();
  }

  @Test
  void everyRecordedCaseIsCompared() {
    assertThat(TorchFixtures.cases("schedules").map(TorchFixtures.Case::name))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    TorchSchedules.SCHEDULES.keySet().stream(),
                    TorchSchedules.PLATEAUS.keySet().stream())
                .toList());
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void ratesAndMomentaAreTorchs(TorchFixtures.Case c) {
    List<LRSchedule> schedules = TorchSchedules.SCHEDULES.get(c.name());
    assertThat(c.floatsOrNull("momenta") != null).isEqualTo(schedules.getFirst().cyclesMomentum());
    TorchSchedules.follow(c, TorchSchedulesTest::assertClose);
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void aRateDoesNotDependOnWhatWasAskedBefore(TorchFixtures.Case c) {
    int steps = TorchSchedules.STEPS;
    for (LRSchedule s : TorchSchedules.SCHEDULES.get(c.name())) {
      double[] inOrder = new double[steps];
      for (int t = 0; t < steps; t++) {
        inOrder[t] = s.lr(0.4, t);
        double unused = s.lr(0.03, t / 2);
      }
      for (int i = 0; i < steps; i++) {
        int t = i * 77 % steps; // all of them, to and fro
        assertThat(s.lr(0.4, t)).as("at t = %s", t).isEqualTo(inOrder[t]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("plateaus")
  void plateausAreTorchsAndCanBeGoneOnFrom(TorchFixtures.Case c) {
    TorchSchedules.followPlateau(c, TorchSchedulesTest::assertClose);
  }
}

package io.cortado.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

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

  /** PyTorch's recursion divides by a factor of 0; the closed form is right. */
  @Test
  void factorsOfZeroAreRightAloneAndRefusedInAChain() {
    assertThat(new LinearLR(0, 1, 4).lr(0.8, 0)).isZero();
    assertThat(new LinearLR(0, 1, 4).lr(0.8, 1)).isEqualTo(0.2);
    assertThat(new ConstantLR(0, 4).lr(0.8, 4)).isEqualTo(0.8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChainedScheduler(List.of(new LinearLR(0, 1, 4))).lr(1, 1))
        .withMessageContaining("the start factor is 0, and a chained rate that was 0 stays 0");
  }

  @Test
  void aMomentumStaysWhereTheScheduleBeforeHasLeftIt() {
    CyclicLR cyclic = new CyclicLR(0.1, 0.2).stepSize(2, 2);
    LRSchedule s =
        new SequentialLR(List.of(new ConstantLR(), cyclic, new ConstantLR()), List.of(3L, 6L));
    double[] expected = {0.5, 0.5, 0.5, 0.9, 0.85, 0.8, 0.8, 0.8};
    for (int t = 0; t < expected.length; t++) {
      assertThat(s.momentum(0.5, t)).isCloseTo(expected[t], within(1e-15));
    }
  }

  static List<Arguments> wrong() {
    return List.of(
        wrong(() -> new StepLR(0), "the step size is 0, it has to be at least 1"),
        wrong(() -> new StepLR(1, -0.1), "gamma is -0.1"),
        wrong(() -> MultiStepLR.at(80, 30), "[80, 30] have to be 0 or more and in rising order"),
        wrong(() -> new ConstantLR(1.5, 3), "the factor is 1.5, it has to be from 0 to 1"),
        wrong(() -> new LinearLR(0.1, 1, 0), "totalIters is 0"),
        wrong(() -> new ExponentialLR(Double.NaN), "gamma is NaN"),
        wrong(() -> new PolynomialLR(5, -1), "the power is -1.0"),
        wrong(() -> new CosineAnnealingLR(0), "tMax is 0"),
        wrong(() -> new CosineAnnealingWarmRestarts(5, 0, 0), "tMult is 0"),
        wrong(() -> new CyclicLR(0.3, 0.1), "maxLr 0.1 is below baseLr 0.3; exchange them"),
        wrong(() -> new CyclicLR(0.1, 0.3).stepSize(0, 4), "stepSizeUp is 0"),
        wrong(() -> new MomentumRange(0.9, 0.8), "momentum from 0.9 to 0.8"),
        wrong(() -> new OneCycleLR(0.1, 0), "totalSteps is 0"),
        wrong(() -> new OneCycleLR(0.1, 9).threePhase(true).pctStart(0.6), "it can be 0.5 at most"),
        wrong(
            () -> new SequentialLR(List.of(new ConstantLR()), List.of(4L)),
            "1 schedules and milestones [4]; give the time when each schedule but the first"),
        wrong(
            () -> new SequentialLR(List.of(new ConstantLR(), new ConstantLR()), List.of(0L)),
            "have to be above 0 and rising"),
        wrong(() -> new ChainedScheduler(List.of()), "give it one schedule or more"),
        wrong(() -> new ReduceLROnPlateau().factor(1), "ReduceLROnPlateau: the factor is 1.0"),
        wrong(
            () -> new ReduceLROnPlateau().minLr(0.1, 0.1).step(new SGD(1), 1),
            "minLr [0.1, 0.1] for an optimizer of 1 groups; give one rate for all"),
        wrong(() -> new ReduceLROnPlateau.State(Double.NaN, 0, 0, 0), "pass what state() returned"),
        wrong(
            () -> new SGD(1).schedule(List.of(new ConstantLR(), new ConstantLR()), 0),
            "2 schedules for 1 parameter groups; give one for each"),
        wrong(() -> new SGD(1).schedule(new ConstantLR(), -1), "t is -1; it counts epochs"),
        wrong(
            () -> new SGD(1).schedule(new LambdaLR(t -> 1 - t), 2),
            "comes to a learning rate of -1.0 at t = 2, from an initial one of 1.0"),
        wrong(
            () -> new SGD(1).schedule(new OneCycleLR(1, 9), 0),
            "cycles the momentum, and SGD(lr 1.0, momentum 0.0) has none; set one before attach"));
  }

  private static Arguments wrong(ThrowingCallable what, String message) {
    return Arguments.of(message, what);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongSettingsAreRefused(String message, ThrowingCallable what) {
    assertThatIllegalArgumentException().isThrownBy(what).withMessageContaining(message);
  }

  @Test
  void aOneCycleThatIsOverIsRefused() {
    LRSchedule s = new OneCycleLR(0.1, 9).anneal(OneCycleLR.Anneal.LINEAR);
    assertThat(s.lr(1, 9)).isEqualTo(s.lr(1, 8));
    assertThatIllegalStateException()
        .isThrownBy(() -> s.lr(1, 10))
        .withMessageContaining("step 11 of a schedule of 9; give it the steps of all epochs");
  }

  @Test
  void aPlateausOptionsAreSetBeforeItsFirstStep() {
    ReduceLROnPlateau plateau = new ReduceLROnPlateau();
    assertThat(plateau.step(new SGD(1), 1)).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> plateau.patience(3))
        .withMessageContaining("set options before the first step");
  }

  /** Schedules around one that sets the momentum hand it on; while they wait, its first. */
  @Test
  void schedulesAroundAnotherHandOnItsMomentum() {
    LRSchedule cycle = new OneCycleLR(0.1, 20);
    LRSchedule warm = cycle.withWarmup(5);
    LRSchedule averaged = new SWALR(0.01).after(cycle, 8);
    assertThat(warm.cyclesMomentum()).isTrue();
    assertThat(averaged.cyclesMomentum()).isTrue();
    assertThat(new ConstantLR().withWarmup(5).cyclesMomentum()).isFalse();
    for (int t = 0; t < 25; t++) {
      assertThat(warm.momentum(0.9, t)).isEqualTo(cycle.momentum(0.9, Math.max(0, t - 5)));
      assertThat(averaged.momentum(0.9, t)).isEqualTo(cycle.momentum(0.9, Math.min(t, 8)));
    }
  }
}

package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import org.junit.jupiter.api.Test;

/** Where images in lanes are chosen before Winograd and before matrix products. */
final class LaneChoiceTest {

  private final LaneChoice lanes = new LaneChoice(true, 16);
  private final WinogradChoice winograd = new WinogradChoice(true, 24, 16);

  private static ConvSpec spec(int c, int side, int k, int kernel) {
    int pad = kernel / 2;
    return new ConvSpec(
        64, c, side, side, k, kernel, kernel, 1, 1, pad, pad, 1, 1, 1, UnaryOp.IDENTITY);
  }

  private boolean forward(ConvSpec s) {
    return lanes.forward(s, winograd.forward(s)).pays();
  }

  private boolean backwardData(ConvSpec s) {
    return lanes.backwardData(s, winograd.backwardData(s)).pays();
  }

  private boolean backwardFilter(ConvSpec s) {
    return lanes.backwardFilter(s, winograd.backwardFilter(s)).pays();
  }

  @Test
  void fewChannelsGoToTheLanes() {
    for (ConvSpec s :
        new ConvSpec[] {spec(3, 32, 64, 3), spec(16, 32, 32, 3), spec(6, 14, 16, 5)}) {
      assertThat(forward(s)).as("%s", s).isTrue();
      assertThat(backwardData(s)).as("%s", s).isTrue();
      assertThat(backwardFilter(s)).as("%s", s).isTrue();
    }
  }

  /** It took 57 ms by lanes where Winograd takes 8. */
  @Test
  void winogradHasWhatItIsFasterFor() {
    for (ConvSpec s : new ConvSpec[] {spec(32, 16, 64, 3), spec(64, 16, 192, 3)}) {
      assertThat(forward(s)).as("%s", s).isFalse();
      assertThat(backwardData(s)).as("%s", s).isFalse();
      assertThat(backwardFilter(s)).as("%s", s).isFalse();
    }
  }

  @Test
  void sumsOfWeightsThatLeaveTheCacheGoToMatrixProducts() {
    assertThat(backwardFilter(spec(16, 16, 32, 5))).isTrue();
    assertThat(backwardFilter(spec(64, 16, 96, 5))).isFalse();
  }

  @Test
  void withoutWinogradMoreChannelsGoToTheLanes() {
    ConvSpec s = spec(32, 16, 64, 3);
    WinogradChoice off = new WinogradChoice(false, 24, 16);
    assertThat(lanes.forward(s, off.forward(s)).pays()).isTrue();
  }
}

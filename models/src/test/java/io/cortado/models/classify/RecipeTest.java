package io.cortado.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.optim.LRSchedule;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A recipe's learning rate")
class RecipeTest {

  private static final Recipe RECIPE =
      new Recipe(OptimizerKind.SGD, 0.5, 0, 5, 4, Augmentation.NONE).withWarmUp(2);

  /** Ten samples in batches of four are three steps an epoch: six rise, nine fall. */
  @Test
  @DisplayName("rises to its highest over the first epochs, and falls to 0 at the last step")
  void risesAndFalls() {
    LRSchedule schedule = RECIPE.schedule(10);
    for (int t = 0; t < 15; t++) {
      double expected = t < 6 ? 0.5 * (t + 1) / 7 : 0.5 * (1 + Math.cos(Math.PI * (t - 6) / 9)) / 2;
      assertThat(schedule.lr(0.5, t)).as("step %d", t).isCloseTo(expected, within(1e-12));
    }
    assertThat(schedule.lr(0.5, 15)).isCloseTo(0, within(1e-12));
  }

  @Test
  @DisplayName("always has an epoch to fall in, however few there are")
  void fewEpochs() {
    assertThat(RECIPE.withEpochs(2).warmUp()).isEqualTo(1);
    assertThat(RECIPE.withEpochs(1).warmUp()).isZero();
    assertThat(RECIPE.withEpochs(1).schedule(10).lr(0.5, 0)).isEqualTo(0.5);
  }

  @Test
  @DisplayName("and the rest stand on one line")
  void words() {
    assertThat(RECIPE.withLabelSmoothing(0.1).withEma(0.9))
        .hasToString(
            "sgd, learning rate rising over 2 epochs to 0.5 and falling to 0, weight decay 0.0, 5"
                + " epochs, batches of 4, labels smoothed by 0.1, weights averaged by 0.9, images as they are");
  }
}

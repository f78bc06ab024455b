package io.cortado.models.mlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.train.EpochResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which epoch folds choose; chosen() of models/src/main/python/mlp.py gives the same. */
final class FoldCurvesTest {

  private static final double[][] FIGURES = {
    {0.5, 0.8, 0.7, 0.75, 0.7, 0.6},
    {0.5, 0.7, 0.9, 0.8, 0.8, 0.65},
    {0.4, 0.9, 0.8, 0.85, 0.85, 0.55}
  };

  @TempDir Path dir;

  private static List<EpochResult> history(double... losses) {
    return IntStream.range(0, losses.length)
        .mapToObj(e ->
            new EpochResult(e + 1, Map.of("loss", 1.0, "val_loss", losses[e]), 0.1, 2, 30, 0.5, 1))
        .toList();
  }

  private static FoldCurves curves(double[][] figures, double... losses) {
    List<List<EpochResult>> histories = new ArrayList<>();
    for (int k = 0; k < figures.length; k++) {
      histories.add(history(losses));
    }
    return FoldCurves.of(histories, List.of(figures));
  }

  @Test
  void numbersTakeTheEpochOfTheBestMean() {
    double[][] figures = {{0.1, 0.5, 0.4}, {0.2, 0.3, 0.5}, {0.1, 0.9, 0.7}};
    assertThat(curves(figures, 3, 2, 1).epoch(Task.REGRESSION)).isEqualTo(2);
  }

  @Test
  void ofEqualMeansTheLeastLossIsTheBest() {
    // Epochs 2 to 4 have a mean of 0.8; sums of the same numbers in another order differ in a bit.
    assertThat(curves(FIGURES, 6, 3, 2, 1, 0.5, 0).epoch(Task.REGRESSION)).isEqualTo(4);
    assertThat(curves(FIGURES, 6, 1, 2, 3, 0.5, 0).epoch(Task.REGRESSION)).isEqualTo(2);
  }

  @Test
  void decisionsTakeTheLastEpochThatFoldsCannotTellFromTheBest() {
    // Worse than epoch 4 by 0.05, 0 and 0: a mean of 0.0167, and a standard error of 0.0167.
    assertThat(curves(FIGURES, 6, 5, 4, 3, 2, 1).epoch(Task.BINARY)).isEqualTo(5);
    double[][] always = {{0.5, 0.8, 0.79}, {0.5, 0.7, 0.69}};
    assertThat(curves(always, 3, 2, 1).epoch(Task.MULTICLASS)).isEqualTo(2);
    double[][] once = {{0.5, 0.8, 0.79}, {0.5, 0.7, 0.7}};
    assertThat(curves(once, 3, 2, 1).epoch(Task.MULTILABEL)).isEqualTo(3);
  }

  @Test
  void epochsThatAllFoldsHaveHadCount() {
    FoldCurves curves =
        FoldCurves.of(
            List.of(history(3, 2, 1), history(3, 2)),
            List.of(new double[] {0.1, 0.2, 0.9}, new double[] {0.1, 0.2}));
    assertThat(curves.epoch(Task.REGRESSION)).isEqualTo(2);
    assertThat(curves.history()).hasSize(2);
    FoldCurves none =
        FoldCurves.of(List.of(history(3), history()), List.of(new double[1], new double[0]));
    assertThat(none.isEmpty()).isTrue();
    assertThat(none.epoch(Task.BINARY)).isEqualTo(1);
  }

  @Test
  void writesTheMeans() throws IOException {
    Path file = dir.resolve("bce.csv");
    FoldCurves.of(
            List.of(history(3, 2), history(1, 1)),
            List.of(new double[] {0.25, 0.5}, new double[] {0.75, 1}))
        .write(file, "accuracy");
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "epoch,loss,val_loss,val_accuracy,fold1,fold2",
            "1,1.0,2.0,0.5,0.25,0.75",
            "2,1.0,1.5,0.75,0.5,1.0");
  }
}

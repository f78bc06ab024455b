package io.cortado.models.recommender;

import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.analysis.Pca;
import io.cortado.models.data.Ratings;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.pictures.ScatterPicture;
import io.cortado.train.EpochResult;
import io.cortado.train.Inference;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures a recommender on the test ratings, beside what needs no learning by gradients, and
 * draws.
 *
 * @param run where to say and leave it
 * @param ratings all there are
 * @param train the rows that were trained on
 * @param test the rows that test
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RatingReport(Run run, Ratings ratings, int[] train, int[] test) {

  private static final int GROUPS = 5;
  private static final int BATCH = 512;

  /** Items of fewer ratings have a mean that says little. */
  private static final int LEAST_RATINGS = 10;

  Figures write(RatingModel model, String form, int width, TrainingResult found)
      throws IOException {
    float[] guesses =
        Inference.predict(model, model::forward, ratings.dataset(test), BATCH).values();
    double mean = ratings.mean(train);
    Figures figures =
        Figures.of("test RMSE", rmse(i -> guesses[i]))
            .and("mean's RMSE", rmse(i -> mean))
            .and("biases' RMSE", BiasModel.fit(ratings, train, 0).rmse(ratings, test))
            .and(
                "ridge biases' RMSE",
                BiasModel.fit(ratings, train, Recommender.BIAS_RIDGE).rmse(ratings, test));
    figures.values().forEach((name, value) -> run.say("%-20s %.4f", name, value));
    curve(run.folder().curve(), form, found.history());
    items(run.file("items.png"), model.itemFactors(), width);
    run.saved(run.file("weights.safetensors"), "the weights, and who rated what");
    run.saved(run.file("log.csv"), "a line for each epoch of the first training");
    run.saved(run.file("curve.png"), "the error over the epochs");
    run.saved(run.file("items.png"), "the items' embeddings in the plane");
    return figures;
  }

  /** Guesses are kept in the range of ratings. */
  private double rmse(IntToDoubleFunction guess) {
    float lowest = ratings.lowest();
    float highest = ratings.highest();
    double squares = 0;
    for (int i = 0; i < test.length; i++) {
      double kept = Math.clamp(guess.applyAsDouble(i), lowest, highest);
      squares += Math.pow(kept - ratings.values()[test[i]], 2);
    }
    return Math.sqrt(squares / test.length);
  }

  private static void curve(Path file, String form, List<EpochResult> history) throws IOException {
    if (history.isEmpty()) {
      return; // ended within the first epoch
    }
    CurvePicture.write(
        file, "recommender (" + form + ")", CurvePicture.Panel.ofLoss("RMSE", history, Math::sqrt));
  }

  /** Draws the items' embeddings by their first two principal components. */
  private void items(Path file, float[] factors, int width) throws IOException {
    if (width < 2) {
      return; // a line, no plane
    }
    double[] sums = new double[ratings.itemNames().size()];
    int[] counts = new int[sums.length];
    for (int row : train) {
      sums[ratings.items()[row]] += ratings.values()[row];
      counts[ratings.items()[row]]++;
    }
    float[] plane = Pca.fit(run.device(), factors, width, 2).project(factors);
    int[] shown =
        IntStream.range(0, sums.length)
            .filter(i -> counts[i] >= LEAST_RATINGS)
            .boxed()
            .sorted((a, b) -> Double.compare(sums[a] / counts[a], sums[b] / counts[b]))
            .mapToInt(i -> i)
            .toArray();
    List<ScatterPicture.Group> groups = new ArrayList<>();
    for (int g = 0; g < GROUPS && shown.length >= GROUPS; g++) {
      int[] part =
          Arrays.copyOfRange(shown, g * shown.length / GROUPS, (g + 1) * shown.length / GROUPS);
      int last = part[part.length - 1];
      groups.add(
          new ScatterPicture.Group(
              String.format(
                  Locale.ROOT,
                  "%.2f to %.2f",
                  sums[part[0]] / counts[part[0]],
                  sums[last] / counts[last]),
              IntStream.of(part).mapToDouble(i -> plane[2 * i]).toArray(),
              IntStream.of(part).mapToDouble(i -> plane[2 * i + 1]).toArray()));
    }
    if (!groups.isEmpty()) {
      ScatterPicture.write(
          file,
          "Items by their embeddings, colored by mean rating",
          "first principal component",
          "second principal component",
          ScatterPicture.Colors.ORDERED,
          groups);
    }
  }
}

package io.cortado.models.recommender;

import io.cortado.models.data.Ratings;

/**
 * What every recommender has to beat: the mean rating, moved by what a user gives and an item gets
 * on average.
 *
 * <pre>
 *   rating = mean + b(user) + b(item)
 * </pre>
 *
 * <p>The least squares fit, {@code sum (r - rating)^2 + ridge (sum b(user)^2 + sum b(item)^2)}, by
 * turns over users and items (Y. Koren, R. Bell, C. Volinsky, "Matrix factorization techniques for
 * recommender systems", Computer 42, 2009).
 */
final class BiasModel {

  private static final int TURNS = 20;

  private final double mean;
  private final double[] users;
  private final double[] items;

  private BiasModel(double mean, int users, int items) {
    this.mean = mean;
    this.users = new double[users];
    this.items = new double[items];
  }

  static BiasModel fit(Ratings r, int[] rows, double ridge) {
    BiasModel model = new BiasModel(r.mean(rows), r.userNames().size(), r.itemNames().size());
    for (int turn = 0; turn < TURNS; turn++) {
      update(model.mean, r, rows, r.items(), model.items, r.users(), model.users, ridge);
      update(model.mean, r, rows, r.users(), model.users, r.items(), model.items, ridge);
    }
    return model;
  }

  private static void update(
      double mean,
      Ratings r,
      int[] rows,
      int[] of,
      double[] biases,
      int[] others,
      double[] otherBiases,
      double ridge) {
    double[] sums = new double[biases.length];
    int[] counts = new int[biases.length];
    for (int row : rows) {
      sums[of[row]] += r.values()[row] - mean - otherBiases[others[row]];
      counts[of[row]]++;
    }
    for (int i = 0; i < biases.length; i++) {
      biases[i] = counts[i] == 0 ? 0 : sums[i] / (counts[i] + ridge);
    }
  }

  /** Returns the root mean square error, with predictions kept in the range of ratings. */
  double rmse(Ratings r, int[] rows) {
    double squares = 0;
    float lowest = r.lowest();
    float highest = r.highest();
    for (int row : rows) {
      double guess = mean + users[r.users()[row]] + items[r.items()[row]];
      double error = Math.clamp(guess, lowest, highest) - r.values()[row];
      squares += error * error;
    }
    return Math.sqrt(squares / rows.length);
  }
}

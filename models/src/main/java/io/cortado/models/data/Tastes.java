package io.cortado.models.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Made-up ratings, 1 to 5, whose rule is known: a user's and an item's own level, and how well the
 * three tastes of the one fit the three traits of the other.
 *
 * <p>A rating is {@code 3 + b_u + c_i + p_u q_i + noise}, rounded and held between 1 and 5, all
 * parts normal: levels of deviation 0.3, products of deviation 1, noise of 0.4. So a model of
 * levels alone is left with an error of about 1, and one that finds the tastes with half of that.
 */
public final class Tastes implements RatingDataSet {

  private static final int USERS = 200;
  private static final int ITEMS = 120;
  private static final int EACH = 60;
  private static final int TASTES = 3;
  private static final double LEVEL = 0.3;
  private static final double NOISE = 0.4;
  private static final long SEED = 40;

  private static final About ABOUT =
      new About(
          "tastes",
          "made-up ratings by users' tastes and items' traits, to try recommenders",
          "12,000 ratings of 120 items by 200 users",
          "Cortado makes them",
          "Cortado's");

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of("comes with Cortado");
  }

  @Override
  public Ratings ratings(DataHome home) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] userLevels = normal(random, USERS, LEVEL);
    double[] itemLevels = normal(random, ITEMS, LEVEL);
    double part = Math.pow(TASTES, -0.25);
    double[] tastes = normal(random, USERS * TASTES, part);
    double[] traits = normal(random, ITEMS * TASTES, part);
    int[] users = new int[USERS * EACH];
    int[] items = new int[users.length];
    float[] values = new float[users.length];
    int[] order = IntStream.range(0, ITEMS).toArray();
    for (int r = 0; r < users.length; r++) {
      int u = r / EACH;
      int i = draw(random, order, r % EACH);
      double fit = 0;
      for (int k = 0; k < TASTES; k++) {
        fit += tastes[u * TASTES + k] * traits[i * TASTES + k];
      }
      double rating = 3 + userLevels[u] + itemLevels[i] + fit + NOISE * random.nextGaussian();
      users[r] = u;
      items[r] = i;
      values[r] = Math.clamp(Math.round(rating), 1, 5);
    }
    return new Ratings(
        ABOUT.name(),
        names("user", USERS),
        names("item", ITEMS),
        users,
        items,
        values,
        Ratings.Context.NONE);
  }

  /** Returns one of the items that a user has not rated yet: those from a place on. */
  private static int draw(SplittableRandom random, int[] order, int rated) {
    int at = rated + random.nextInt(ITEMS - rated);
    int item = order[at];
    order[at] = order[rated];
    order[rated] = item;
    return item;
  }

  private static double[] normal(SplittableRandom random, int n, double deviation) {
    double[] numbers = new double[n];
    Arrays.setAll(numbers, _ -> deviation * random.nextGaussian());
    return numbers;
  }

  private static List<String> names(String of, int n) {
    return IntStream.rangeClosed(1, n).mapToObj(i -> of + " " + i).toList();
  }
}

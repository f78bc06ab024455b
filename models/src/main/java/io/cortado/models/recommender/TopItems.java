package io.cortado.models.recommender;

import io.cortado.data.ArrayDataset;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor.Question;
import io.cortado.models.data.Ratings;
import io.cortado.train.Inference;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says which items a user will like best of those not rated yet. */
final class TopItems {

  private static final int BATCH = 512;

  private TopItems() {}

  /**
   * Answers {@code --user} and {@code --top}.
   *
   * @throws InputException if nothing is known of the user
   */
  static void answer(Question question) {
    ModelDescription d = question.model();
    Descriptions known = Descriptions.of(d, question.weights().toString());
    String name = question.need("--user");
    int user = known.users().indexOf(name);
    if (user < 0) {
      throw new InputException(
          "there is no user '%s' among the %,d whose ratings this model has seen (%s, ...); nothing is known of others"
              .formatted(
                  name,
                  known.users().size(),
                  known.users().stream()
                      .limit(3)
                      .map("'%s'"::formatted)
                      .collect(Collectors.joining(", "))));
    }
    if (known.newUsers().contains(user)) {
      throw new InputException(
          "nothing is known of the user '%s': all ratings of theirs were held for the test; train with more of them, or with another --seed"
              .formatted(name));
    }
    float[] ratings = ratings(question, known, user, d.classes().size());
    Set<Integer> rated = known.rated(user);
    int[] left = IntStream.range(0, ratings.length).filter(i -> !rated.contains(i)).toArray();
    int[] told = IntStream.of(left).filter(i -> !known.newItems().contains(i)).toArray();
    PrintWriter out = question.out();
    out.println(
        told.length == 0
            ? "user " + name + ": nothing is left to recommend"
            : "user " + name + ": the best of what is not rated yet");
    if (told.length < left.length) {
      out.println(
          "left out: %,d of which nothing is known, since all their ratings were held for the test"
              .formatted(left.length - told.length));
    }
    IntStream.of(told)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -ratings[i]))
        .limit(question.whole("--top", 10))
        .forEach(i ->
            out.println(
                String.format(Locale.ROOT, "  %-10s %.2f", d.classes().get(i), ratings[i])));
  }

  private static float[] ratings(Question question, Descriptions known, int user, int n) {
    RatingModel model = new RatingModel(known.shape());
    model.init(question.device(), 0);
    model.load(question.weights());
    int[] items = IntStream.range(0, n).toArray();
    int[] users = IntStream.of(items).map(i -> user).toArray();
    ArrayDataset all =
        Ratings.with(
                ArrayDataset.builder()
                    .classes(Ratings.USER, users, known.users().size())
                    .classes(Ratings.ITEM, items, n),
                known.usual(),
                items)
            .build();
    return Inference.predict(model, model::forward, all, BATCH).values();
  }
}

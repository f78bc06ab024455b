package io.cortado.models.recommender;

import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.Ratings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a recommender's weights file says beside its weights.
 *
 * @param shape how the model is built
 * @param users the users' names
 * @param seen the items that each user has rated, numbers with blanks between them
 * @param usual the context in which each item is usually rated
 */
record Descriptions(
    RatingModel.Shape shape, List<String> users, List<String> seen, Ratings.Context usual) {

  private static final String BETWEEN = "\n";

  /** Saves a model with what it has been trained on. */
  static void save(Path file, RatingModel model, Ratings r, int[] rows, RatingModel.Shape shape) {
    StringBuilder[] seen = new StringBuilder[shape.users()];
    Arrays.setAll(seen, i -> new StringBuilder());
    for (int row : rows) {
      seen[r.users()[row]].append(' ').append(r.items()[row]);
    }
    String usual =
        IntStream.of(r.usual(rows).codes())
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(" "));
    model.save(
        file,
        new ModelDescription(
            "recommender",
            Shape.scalar(),
            r.itemNames(),
            Map.of(
                "form", shape.neural() ? "neural" : "mf",
                "factors", Integer.toString(shape.width()),
                "hidden", Integer.toString(shape.hidden()),
                "attributes", Integer.toString(shape.attributes()),
                "values", Integer.toString(shape.values()),
                "usual", usual,
                "mean", Float.toString(shape.mean()),
                "users", String.join(BETWEEN, r.userNames()),
                "seen",
                    Arrays.stream(seen)
                        .map(String::valueOf)
                        .collect(Collectors.joining(BETWEEN)))));
  }

  /**
   * Takes a description apart.
   *
   * @throws FileException if something is missing or no number
   */
  static Descriptions of(ModelDescription d, String file) {
    try {
      List<String> users = List.of(d.option("users").split(BETWEEN, -1));
      List<String> seen = List.of(d.option("seen").split(BETWEEN, -1));
      if (seen.size() != users.size()) {
        throw new IllegalArgumentException("it lists other users than have rated");
      }
      RatingModel.Shape shape =
          new RatingModel.Shape(
              d.option("form").equals("neural"),
              users.size(),
              d.classes().size(),
              Integer.parseInt(d.option("factors")),
              Integer.parseInt(d.option("hidden")),
              Integer.parseInt(d.option("attributes")),
              Integer.parseInt(d.option("values")),
              Float.parseFloat(d.option("mean")));
      int[] usual = numbers(d.option("usual"));
      return new Descriptions(
          shape, users, seen, new Ratings.Context(shape.attributes(), shape.values(), usual));
    } catch (IllegalArgumentException e) {
      throw FileException.of(
          file,
          "its description of the model cannot be used (" + e.getMessage() + ")",
          "give a file that 'cortado train recommender' wrote");
    }
  }

  /** Returns the items that a user has rated. */
  Set<Integer> rated(int user) {
    return IntStream.of(numbers(seen.get(user))).boxed().collect(Collectors.toSet());
  }

  private static int[] numbers(String text) {
    String list = text.strip();
    return list.isEmpty()
        ? new int[0]
        : Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}

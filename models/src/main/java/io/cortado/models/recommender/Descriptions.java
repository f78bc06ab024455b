package io.cortado.models.recommender;

import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.Ratings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
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
 * @param newUsers those of whom no rating was learnt from
 * @param newItems those of which none was
 */
record Descriptions(
    RatingModel.Shape shape,
    List<String> users,
    List<String> seen,
    Ratings.Context usual,
    Set<Integer> newUsers,
    Set<Integer> newItems) {

  private static final String BETWEEN = "\n";
  private static final String NEW_USERS = "new_users";
  private static final String NEW_ITEMS = "new_items";

  /**
   * Saves a model with what it has been trained on.
   *
   * @param rows those that it has learnt from; who rated what is told of all, so that nothing is
   *     recommended to whom has rated it
   */
  static void save(Path file, RatingModel model, Ratings r, int[] rows, RatingModel.Shape shape) {
    StringBuilder[] seen = new StringBuilder[shape.users()];
    Arrays.setAll(seen, i -> new StringBuilder());
    for (int row = 0; row < r.size(); row++) {
      seen[r.users()[row]].append(' ').append(r.items()[row]);
    }
    Map<String, String> options = new HashMap<>();
    options.put("form", shape.neural() ? "neural" : "mf");
    options.put("factors", Integer.toString(shape.width()));
    options.put("hidden", Integer.toString(shape.hidden()));
    options.put("attributes", Integer.toString(shape.attributes()));
    options.put("values", Integer.toString(shape.values()));
    options.put("usual", joined(IntStream.of(r.usual(rows).codes())));
    options.put("mean", Float.toString(shape.mean()));
    options.put("users", String.join(BETWEEN, r.userNames()));
    options.put("seen", String.join(BETWEEN, seen));
    options.put(NEW_USERS, joined(missing(r.users(), rows, shape.users())));
    options.put(NEW_ITEMS, joined(missing(r.items(), rows, shape.items())));
    model.save(file, new ModelDescription("recommender", Shape.scalar(), r.itemNames(), options));
  }

  /** Returns which numbers are in none of the rows. */
  private static IntStream missing(int[] of, int[] rows, int count) {
    boolean[] there = new boolean[count];
    IntStream.of(rows).forEach(row -> there[of[row]] = true);
    return IntStream.range(0, count).filter(i -> !there[i]);
  }

  private static String joined(IntStream numbers) {
    return numbers.mapToObj(String::valueOf).collect(Collectors.joining(" "));
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
          shape,
          users,
          seen,
          new Ratings.Context(shape.attributes(), shape.values(), usual),
          listed(d, NEW_USERS, shape.users()),
          listed(d, NEW_ITEMS, shape.items()));
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

  /** Returns a list of numbers; files of earlier versions have none, and then all is known. */
  private static Set<Integer> listed(ModelDescription d, String option, int count) {
    int[] listed = numbers(d.options().getOrDefault(option, ""));
    if (IntStream.of(listed).anyMatch(n -> n < 0 || n >= count)) {
      throw new IllegalArgumentException("its \"" + option + "\" lists what is not there");
    }
    return IntStream.of(listed).boxed().collect(Collectors.toSet());
  }

  private static int[] numbers(String text) {
    String list = text.strip();
    return list.isEmpty()
        ? new int[0]
        : Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}

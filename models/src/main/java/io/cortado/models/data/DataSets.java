package io.cortado.models.data;

import io.cortado.models.InputException;
import io.cortado.models.Suggestions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The data sets by name. */
public final class DataSets {

  private static final List<DataSet> ALL =
      Stream.of(
              List.of(new Mnist(), new FashionMnist(), new Digits(), new Cifar10()),
              Tables.all(),
              List.of(new InstEval(), new Tastes(), new TinyShakespeare(), new ShakespeareSample()),
              List.of(new Imdb(), new SpamAssassin(), new Names(), new Negations()))
          .<DataSet>flatMap(List::stream)
          .toList();

  private DataSets() {}

  /** Returns all of them. */
  public static List<DataSet> all() {
    return ALL;
  }

  /** Returns the sets of a kind. */
  public static <T extends DataSet> List<T> all(Class<T> kind) {
    return ALL.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Returns a set of a kind by its name, if there is one. */
  public static <T extends DataSet> Optional<T> find(Class<T> kind, String name) {
    return all(kind).stream().filter(set -> set.about().name().equals(name)).findFirst();
  }

  /**
   * Returns a set of a kind by its name.
   *
   * @throws InputException if there is none; the message lists those that are
   */
  public static <T extends DataSet> T get(Class<T> kind, String name) {
    return Suggestions.find("data set", name, all(kind), set -> set.about().name());
  }

  /**
   * Returns a set of images by its name.
   *
   * @throws InputException if there is none; the message lists those that are
   */
  public static ImageDataSet image(String name) {
    return get(ImageDataSet.class, name);
  }
}

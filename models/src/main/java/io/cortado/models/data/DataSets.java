package io.cortado.models.data;

import java.util.List;
import java.util.stream.Collectors;

/** The data sets by name. */
public final class DataSets {

  private static final List<ImageDataSet> ALL =
      List.of(new Mnist(), new FashionMnist(), new Digits());

  private DataSets() {}

  /** Returns all of them, the default first. */
  public static List<ImageDataSet> all() {
    return ALL;
  }

  /**
   * Returns a set by its name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those that are
   */
  public static ImageDataSet get(String name) {
    for (ImageDataSet set : ALL) {
      if (set.info().name().equals(name)) {
        return set;
      }
    }
    throw new IllegalArgumentException(
        "there is no data set '"
            + name
            + "'; there are: "
            + ALL.stream().map(s -> s.info().name()).collect(Collectors.joining(", ")));
  }
}

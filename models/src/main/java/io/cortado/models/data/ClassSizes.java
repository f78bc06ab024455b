package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.Arrays;
import java.util.List;

/** Says whether there is enough of each class to learn and to measure it. */
public final class ClassSizes {

  /** Of so many rows a fifth is one. */
  private static final int LEAST = 5;

  private ClassSizes() {}

  /** Returns how many rows each class has. */
  public static int[] of(int[] labels, int classes) {
    int[] sizes = new int[classes];
    Arrays.stream(labels).forEach(label -> sizes[label]++);
    return sizes;
  }

  /**
   * Checks them: a class without a test row would be left out of all figures without a word.
   *
   * @param name what the data are called
   * @param rows what its rows are called, {@code "texts"} for example
   * @param remedy what to do if nearly each row is of a class of its own
   * @throws DataException if there are few rows for so many classes, or of one of them
   */
  public static void check(
      String name, List<String> classes, int[] labels, String rows, String remedy) {
    int[] sizes = of(labels, classes.size());
    if (labels.length < 2 * sizes.length) {
      throw new DataException(
          "%s: what is to be told has %,d different values in %,d %s; %s"
              .formatted(name, sizes.length, labels.length, rows, remedy));
    }
    for (int label = 0; label < sizes.length; label++) {
      if (sizes[label] < LEAST) {
        throw new DataException(
            "%s: too few %s of class '%s', %d; at least %d are needed, so that one tests and one validates: leave them out, or join the class to another"
                .formatted(name, rows, classes.get(label), sizes[label], LEAST));
      }
    }
  }
}

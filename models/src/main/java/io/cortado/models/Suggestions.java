package io.cortado.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Finds the name that the user may have meant. */
public final class Suggestions {

  private Suggestions() {}

  /**
   * Says that there is nothing of a name, and what there is.
   *
   * @param kind what was looked for: {@code "model"}
   */
  public static InputException unknown(String kind, String given, Collection<String> candidates) {
    String meant = didYouMean(given, candidates);
    return new InputException(
        "there is no "
            + kind
            + " '"
            + given
            + "'"
            + meant
            + (meant.isEmpty() ? "; there are: " : " There are: ")
            + String.join(", ", candidates));
  }

  /**
   * Finds what has a name.
   *
   * @param kind what it is called in the message, {@code "model"} for example
   * @throws InputException if there is none of that name; the message lists those that are
   */
  public static <T> T find(
      String kind, String name, Collection<? extends T> items, Function<? super T, String> nameOf) {
    for (T item : items) {
      if (nameOf.apply(item).equals(name)) {
        return item;
      }
    }
    throw unknown(kind, name, items.stream().<String>map(nameOf).toList());
  }

  /**
   * Returns {@code "; did you mean 'x'?"} for the nearest of the candidates, or nothing if none is
   * near.
   */
  public static String didYouMean(String given, Collection<String> candidates) {
    return nearest(given, candidates).map(c -> "; did you mean '" + c + "'?").orElse("");
  }

  /**
   * Returns the candidate with the smallest number of edits, if they change under half of the name.
   */
  public static Optional<String> nearest(String given, Collection<String> candidates) {
    String wanted = given.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .filter(c -> distance(wanted, c) <= Math.max(1, Math.min(wanted.length(), c.length()) / 2))
        .min(Comparator.comparingInt(c -> distance(wanted, c)));
  }

  /**
   * Counts the edits from one name to the other: a character inserted, left out or replaced, two
   * neighbours exchanged.
   */
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}

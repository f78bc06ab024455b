package io.cortado.metrics;

import java.util.List;

/**
 * Levenshtein's distance: how many insertions, deletions and substitutions make one sequence into
 * another.
 *
 * <p>In time {@code n m} and memory for one row.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Levenshtein_distance">Levenshtein distance</a>
 */
public final class EditDistance {

  private EditDistance() {}

  /** Returns the distance of two texts, by code points. */
  public static int of(String a, String b) {
    return of(a.codePoints().boxed().toList(), b.codePoints().boxed().toList());
  }

  /** Returns the distance of two sequences of tokens, compared by {@code equals}. */
  public static int of(List<?> a, List<?> b) {
    Object[] longer = (a.size() < b.size() ? b : a).toArray();
    Object[] shorter = (a.size() < b.size() ? a : b).toArray();
    int[] row = new int[shorter.length + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= longer.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (longer[i - 1].equals(shorter[j - 1]) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[shorter.length];
  }
}

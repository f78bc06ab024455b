package io.cortado.data;

import io.cortado.Philox;
import io.cortado.RandomStream;
import io.cortado.data.Dataset.Split;
import java.util.Map;
import java.util.TreeMap;

/** Splits sets at random; both parts keep the order of the whole. */
final class Splits {

  /** Keeps splits apart from the loader's shuffling, which draws from run 0 of the stream. */
  private static final int RUN = 1;

  private Splits() {}

  static Split split(Dataset d, double fraction, long seed) {
    checkFraction("split", fraction);
    boolean[] first = new boolean[d.size()];
    mark(all(d.size()), fraction, new Philox(seed, RandomStream.SHUFFLE, RUN, 0), first);
    return parts("split", d, fraction, first);
  }

  static Split stratified(Dataset d, double fraction, long seed) {
    checkFraction("stratifiedSplit", fraction);
    int[] labels = d.labels();
    Map<Integer, int[]> counts =
        new TreeMap<>(); // in the order of classes: the split depends on it
    for (int label : labels) {
      counts.computeIfAbsent(label, k -> new int[1])[0]++;
    }
    Philox random = new Philox(seed, RandomStream.SHUFFLE, RUN, 0);
    boolean[] first = new boolean[labels.length];
    for (Map.Entry<Integer, int[]> e : counts.entrySet()) {
      int[] members = new int[e.getValue()[0]];
      int n = 0;
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] == e.getKey()) {
          members[n++] = i;
        }
      }
      mark(members, fraction, random, first);
    }
    return parts("stratifiedSplit", d, fraction, first);
  }

  private static int[] all(int n) {
    int[] indices = new int[n];
    for (int i = 0; i < n; i++) {
      indices[i] = i;
    }
    return indices;
  }

  private static void mark(int[] members, double fraction, Philox random, boolean[] first) {
    int[] order = new int[members.length];
    random.permutation(order);
    int n = (int) Math.round(fraction * members.length);
    for (int i = 0; i < n; i++) {
      first[members[order[i]]] = true;
    }
  }

  private static Split parts(String operation, Dataset d, double fraction, boolean[] first) {
    int n = 0;
    for (boolean b : first) {
      n += b ? 1 : 0;
    }
    if (n == 0 || n == first.length) {
      throw new IllegalArgumentException(
          operation
              + ": a fraction of "
              + fraction
              + " of "
              + first.length
              + " samples leaves one part empty");
    }
    int[] a = new int[n];
    int[] b = new int[first.length - n];
    int i = 0;
    int j = 0;
    for (int s = 0; s < first.length; s++) {
      if (first[s]) {
        a[i++] = s;
      } else {
        b[j++] = s;
      }
    }
    return new Split(new Subset(d, a), new Subset(d, b));
  }

  private static void checkFraction(String operation, double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          operation + ": the fraction must lie between 0 and 1, but is " + fraction);
    }
  }
}

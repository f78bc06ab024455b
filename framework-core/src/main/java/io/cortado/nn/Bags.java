package io.cortado.nn;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Indexing;
import java.util.Arrays;

/** Which of n rows are in which bag. */
sealed interface Bags {

  /** Returns the sum of each bag's rows, {@code [bags, width]} of {@code [n, width]}. */
  Tensor sum(Tensor rows);

  /** Returns the largest elements of each bag's rows; minus infinity for an empty bag. */
  Tensor largest(Tensor rows);

  /** Returns the largest elements along axis 1. */
  private static Tensor max(Tensor rows) {
    Step step = rows.device().currentStep("embeddingBag");
    return rows.dim(1) == 0
        ? step.full(Float.NEGATIVE_INFINITY, rows.dim(0), rows.dim(2))
        : rows.max(1, false).values();
  }

  /**
   * Bags of one size, one after another.
   *
   * @param count how many bags
   * @param size how many rows each has
   */
  record Rows(int count, int size) implements Bags {

    private Tensor split(Tensor rows) {
      return rows.reshape(count, size, rows.dim(1));
    }

    @Override
    public Tensor sum(Tensor rows) {
      return split(rows).sum(1, false);
    }

    @Override
    public Tensor largest(Tensor rows) {
      return max(split(rows));
    }
  }

  /**
   * Bags of different sizes, one after another.
   *
   * @param ends where each bag ends
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Parts(int[] ends) implements Bags {

    /**
     * Makes bags of n rows by where they begin.
     *
     * @throws IllegalArgumentException if they do not begin at 0, or decrease, or go beyond n
     */
    static Parts of(int n, int[] offsets, boolean includeLast) {
      int bags = includeLast ? offsets.length - 1 : offsets.length;
      if (bags < 0 || offsets.length > 0 && offsets[0] != 0 || bags == 0 && n > 0) {
        throw new IllegalArgumentException(
            "embeddingBag: offsets %s for an input of %d; the first one has to be 0%s"
                .formatted(Arrays.toString(offsets), n, includeLast ? ", the last one " + n : ""));
      }
      int[] ends = new int[bags];
      for (int b = 0; b < bags; b++) {
        ends[b] = b + 1 < offsets.length ? offsets[b + 1] : n;
        if (ends[b] < offsets[b] || ends[b] > n) {
          throw new IllegalArgumentException(
              "embeddingBag: offset %d after %d, in an input of %d; offsets must not decrease nor go beyond the input"
                  .formatted(ends[b], offsets[b], n));
        }
      }
      if (bags > 0 && ends[bags - 1] != n) {
        throw new IllegalArgumentException(
            "embeddingBag: the last offset is %d and the input has %d; it has to be its end"
                .formatted(ends[bags - 1], n));
      }
      return new Parts(ends);
    }

    private int start(int bag) {
      return bag == 0 ? 0 : ends[bag - 1];
    }

    @Override
    public Tensor sum(Tensor rows) {
      Step step = rows.device().currentStep("embeddingBag");
      int n = rows.dim(0);
      int[] bagOf = new int[n];
      for (int b = 0; b < ends.length; b++) {
        Arrays.fill(bagOf, start(b), ends[b], b);
      }
      Tensor zeros = step.zeros(ends.length, rows.dim(1));
      return n == 0 ? zeros : Indexing.indexAdd(zeros, 0, step.tensor(bagOf, n), rows);
    }

    @Override
    public Tensor largest(Tensor rows) {
      Step step = rows.device().currentStep("embeddingBag");
      int n = rows.dim(0);
      int longest = 0;
      for (int b = 0; b < ends.length; b++) {
        longest = Math.max(longest, ends[b] - start(b));
      }
      int[] places = new int[ends.length * longest];
      Arrays.fill(places, n); // the row behind all others, which is below all others
      for (int b = 0; b < ends.length; b++) {
        for (int i = start(b); i < ends[b]; i++) {
          places[b * longest + i - start(b)] = i;
        }
      }
      Tensor lowest = step.full(Float.NEGATIVE_INFINITY, 1, rows.dim(1));
      Tensor padded =
          Tensor.concat(0, rows, lowest).indexSelect(0, step.tensor(places, places.length));
      return max(padded.reshape(ends.length, longest, rows.dim(1)));
    }
  }
}

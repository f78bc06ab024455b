package io.cortado.models.data;

import io.cortado.Philox;
import io.cortado.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Encoded texts of different lengths, in batches of similar lengths: the fewer numbers stand for
 * nothing.
 *
 * @param texts by numbers of a {@link Vocabulary}
 * @param labels the class of each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PaddedTexts(List<int[]> texts, int[] labels) {

  /** So many batches are drawn at random before their texts are put in the order of lengths. */
  private static final int POOL = 50;

  /**
   * A batch.
   *
   * @param rows which texts
   * @param ids {@code [rows, length]}, filled up with {@link Vocabulary#PADDING}
   * @param length that of the longest
   * @param lengths of each text, at least 1
   * @param labels of each text
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Padded(int[] rows, int[] ids, int length, int[] lengths, int[] labels) {

    /** Returns how many texts. */
    public int size() {
      return rows.length;
    }

    /** Returns this batch with some tokens unknown, each by itself. */
    public Padded without(double share, SplittableRandom random) {
      if (share == 0) {
        return this;
      }
      int[] some = ids.clone();
      for (int i = 0; i < some.length; i++) {
        boolean lost = random.nextDouble() < share;
        some[i] = lost && some[i] != Vocabulary.PADDING ? Vocabulary.UNKNOWN : some[i];
      }
      return new Padded(rows, some, length, lengths, labels);
    }
  }

  /** Returns how many texts. */
  public int size() {
    return labels.length;
  }

  /** Returns these texts, of each only the beginning. */
  public PaddedTexts shortened(int longest) {
    return new PaddedTexts(
        texts.stream().map(t -> t.length > longest ? Arrays.copyOf(t, longest) : t).toList(),
        labels);
  }

  /**
   * Returns which texts are learnt from together in an epoch, in an order that the seed chooses.
   */
  public List<int[]> shuffled(int batch, long seed, int epoch) {
    int[] order = new int[size()];
    new Philox(seed, RandomStream.SHUFFLE, 0, epoch).permutation(order);
    List<int[]> batches = new ArrayList<>();
    int pool = (int) Math.min(order.length, (long) POOL * batch); // a batch may be any number
    for (int from = 0; from < order.length; from += pool) {
      batches.addAll(
          cut(Arrays.copyOfRange(order, from, Math.min(order.length, from + pool)), batch));
    }
    int[] places = new int[batches.size()];
    new Philox(seed, RandomStream.SHUFFLE, 1, epoch).permutation(places);
    return IntStream.of(places).mapToObj(batches::get).toList();
  }

  /** Returns all texts, the shortest first. */
  public List<int[]> byLength(int batch) {
    return cut(IntStream.range(0, size()).toArray(), batch);
  }

  private List<int[]> cut(int[] rows, int batch) {
    int[] sorted =
        IntStream.of(rows)
            .boxed()
            .sorted(Comparator.comparingInt(r -> texts.get(r).length))
            .mapToInt(r -> r)
            .toArray();
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < sorted.length; from += batch) {
      batches.add(Arrays.copyOfRange(sorted, from, Math.min(sorted.length, from + batch)));
    }
    return batches;
  }

  /**
   * Makes a batch.
   *
   * @param least the length that it has at least
   */
  public Padded pad(int[] rows, int least) {
    int[] lengths = IntStream.of(rows).map(r -> Math.max(1, texts.get(r).length)).toArray();
    int length = Math.max(least, IntStream.of(lengths).max().orElse(1));
    int[] ids = new int[rows.length * length];
    for (int i = 0; i < rows.length; i++) {
      int[] text = texts.get(rows[i]);
      System.arraycopy(text, 0, ids, i * length, text.length);
    }
    return new Padded(rows, ids, length, lengths, IntStream.of(rows).map(r -> labels[r]).toArray());
  }
}

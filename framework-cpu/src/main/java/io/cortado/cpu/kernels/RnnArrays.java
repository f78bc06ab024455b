package io.cortado.cpu.kernels;

import org.jspecify.annotations.Nullable;

/** The arrays that a recurrent layer is given; each comes with the index of its first element. */
public final class RnnArrays {

  private RnnArrays() {}

  /** The weights of one direction; see {@link io.cortado.backend.RnnWeights}. */
  public record Weights(
      float[] ih,
      int ihOff,
      float[] hh,
      int hhOff,
      float @Nullable [] biasIh,
      int biasIhOff,
      float @Nullable [] biasHh,
      int biasHhOff) {

    static final Weights NONE = new Weights(new float[0], 0, new float[0], 0, null, 0, null, 0);
  }

  /** Numbers that may be left out. */
  public record Part(float @Nullable [] array, int offset) {

    /** What is left out. */
    public static final Part NONE = new Part(null, 0);
  }

  /**
   * Numbers to write, if they are wanted.
   *
   * @param beta 0 overwrites, 1 adds
   */
  public record Target(float @Nullable [] array, int offset, float beta) {

    /** What is not wanted. */
    public static final Target NONE = new Target(null, 0, 0);

    void put(int index, float value) {
      if (array != null) {
        int at = offset + index;
        array[at] = beta == 0 ? value : value + array[at];
      }
    }
  }

  /** The lengths of the sequences; null where all have all steps. */
  public record Lengths(int @Nullable [] array, int offset) {

    static final Lengths NONE = new Lengths(null, 0);

    /** Says whether a sequence has no step of that number. */
    boolean over(int sequence, int t) {
      return array != null && t >= array[offset + sequence];
    }

    /** Says whether some of the sequences have no step of that number. */
    boolean anyOver(int from, int count, int t) {
      if (array == null) {
        return false;
      }
      for (int i = from; i < from + count; i++) {
        if (over(i, t)) {
          return true;
        }
      }
      return false;
    }
  }
}

package io.cortado.cpu.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The arrays that a recurrent layer is given; each comes with the index of its first element.
 *
 * <p>Set anew for each call and kept by the caller, so that a call makes no object.
 */
public final class RnnArrays {

  private RnnArrays() {}

  /** Numbers to read or write, or none. */
  public static final class Part {

    private float @Nullable [] array;
    private int offset;
    private float beta;

    /** Makes one that is left out. */
    public Part() {}

    /**
     * Sets where the numbers are.
     *
     * @param array null where they are left out, or not wanted
     * @param beta of numbers to write: 0 overwrites, 1 adds
     */
    public Part set(float @Nullable [] array, int offset, float beta) {
      this.array = array;
      this.offset = offset;
      this.beta = beta;
      return this;
    }

    float @Nullable [] array() {
      return array;
    }

    int offset() {
      return offset;
    }

    float beta() {
      return beta;
    }

    /** Writes one number, if it is wanted. */
    void put(int index, float value) {
      if (array != null) {
        int at = offset + index;
        array[at] = beta == 0 ? value : value + array[at];
      }
    }
  }

  /** The weights of one direction; see {@link io.cortado.backend.RnnWeights}. */
  public static final class Weights {

    private float[] ih = {};
    private int ihOff;
    private float[] hh = {};
    private int hhOff;
    private final Part biasIh = new Part();
    private final Part biasHh = new Part();

    /** Makes a place for weights. */
    public Weights() {}

    /** Sets where the weights are. */
    public Weights set(
        float[] ih,
        int ihOff,
        float[] hh,
        int hhOff,
        float @Nullable [] biasIh,
        int biasIhOff,
        float @Nullable [] biasHh,
        int biasHhOff) {
      this.ih = ih;
      this.ihOff = ihOff;
      this.hh = hh;
      this.hhOff = hhOff;
      this.biasIh.set(biasIh, biasIhOff, 0);
      this.biasHh.set(biasHh, biasHhOff, 0);
      return this;
    }

    float[] ih() {
      return ih;
    }

    int ihOff() {
      return ihOff;
    }

    float[] hh() {
      return hh;
    }

    int hhOff() {
      return hhOff;
    }

    Part biasIh() {
      return biasIh;
    }

    Part biasHh() {
      return biasHh;
    }
  }

  /** The lengths of the sequences. */
  public static final class Lengths {

    private int @Nullable [] array;
    private int offset;

    /** Makes a place for lengths. */
    public Lengths() {}

    /**
     * Sets where the lengths are.
     *
     * @param array null where all sequences have all steps
     */
    public Lengths set(int @Nullable [] array, int offset) {
      this.array = array;
      this.offset = offset;
      return this;
    }

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

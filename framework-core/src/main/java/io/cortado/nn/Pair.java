package io.cortado.nn;

/**
 * An extent down and across an image.
 *
 * @param h down
 * @param w across
 */
public record Pair(int h, int w) {

  /** Makes a pair of equal extents. */
  public static Pair of(int both) {
    return new Pair(both, both);
  }

  void check(String what, int least) {
    if (h < least || w < least) {
      throw new IllegalArgumentException(what + " is " + this + ", it has to be at least " + least);
    }
  }

  void describe(StringBuilder s, String label, int unlessBoth) {
    if (h != unlessBoth || w != unlessBoth) {
      s.append(label).append(this);
    }
  }

  /** Returns one number if both are equal, else both as in {@code 3x5}. */
  @Override
  public String toString() {
    return h == w ? Integer.toString(h) : h + "x" + w;
  }
}

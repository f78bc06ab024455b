package io.cortado.backend.spec;

/**
 * A part of matrices on one side of a diagonal.
 *
 * @param batch how many matrices
 * @param rows rows of each
 * @param cols columns of each
 * @param diagonal which diagonal bounds it: 0 for the main one, above that for those to its right
 * @param upper whether what is right of the diagonal stays, and not what is left of it; the
 *     diagonal itself always does
 */
public record TriangleSpec(long batch, int rows, int cols, int diagonal, boolean upper) {

  /** Returns the number of elements. */
  public long size() {
    return batch * rows * cols;
  }

  /** Says whether an element stays. */
  public boolean keeps(int row, int col) {
    long right = (long) col - row;
    return upper ? right >= diagonal : right <= diagonal;
  }
}

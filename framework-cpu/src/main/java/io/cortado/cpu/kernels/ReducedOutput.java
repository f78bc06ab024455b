package io.cortado.cpu.kernels;

/**
 * Where one worker writes a program's outputs when the first is only added up: a piece of that goes
 * to memory of the worker's own. Kept from run to run.
 */
final class ReducedOutput {

  private final float[] piece = new float[PieceSums.PIECE];
  private float[][] arrays = new float[0][];
  private int[] offsets = new int[0];

  /**
   * Takes over where the outputs lie.
   *
   * @param y the outputs; the first is not looked at
   */
  void prepare(float[][] y, int[] yo) {
    if (arrays.length != y.length) {
      arrays = new float[y.length][];
      offsets = new int[y.length];
    }
    System.arraycopy(y, 0, arrays, 0, y.length);
    System.arraycopy(yo, 0, offsets, 0, y.length);
    arrays[0] = piece;
  }

  /** Returns the outputs' arrays, the first of them {@link PieceSums#PIECE} elements long. */
  float[][] arrays() {
    return arrays;
  }

  /**
   * Returns where each output begins, such that element {@code first} of the first output is its
   * array's first.
   */
  int[] offsets(int first) {
    offsets[0] = -first;
    return offsets;
  }
}

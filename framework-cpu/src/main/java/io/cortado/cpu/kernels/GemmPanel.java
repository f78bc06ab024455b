package io.cortado.cpu.kernels;

/**
 * The part of a matrix product that is being computed: some rows and columns of C, a piece of the
 * sums' depth, and the operands' packed parts for them.
 *
 * <p>The product's loops set the fields; so no call makes an object, and none takes fifteen
 * arguments.
 */
final class GemmPanel {

  /** Where the operands and C begin in their arrays. */
  int leftOff;

  int rightOff;
  int cOff;

  /** The first row, and how many. */
  int row;

  int rows;

  /** The first column, and how many. */
  int column;

  int columns;

  /** The first product of each sum, and how many. */
  int from;

  int depth;

  /** What is packed. */
  float[] left = {};

  float[] right = {};

  final FloatScratch leftScratch = new FloatScratch();
  final AlignedScratch rightScratch = new AlignedScratch();

  /** Makes one for each of {@code count} workers. */
  static GemmPanel[] each(int count) {
    GemmPanel[] all = new GemmPanel[count];
    for (int i = 0; i < count; i++) {
      all[i] = new GemmPanel();
    }
    return all;
  }

  /** Begins a product. */
  void start(int leftOff, int rightOff, int cOff) {
    this.leftOff = leftOff;
    this.rightOff = rightOff;
    this.cOff = cOff;
  }

  /** Returns where an element of the panel is in C, whose rows are {@code ldc} apart. */
  int at(int i, int j, int ldc) {
    return cOff + (row + i) * ldc + column + j;
  }

  /** Returns where it is where the product is turned: the panel's columns are C's rows. */
  int turnedAt(int i, int j, int ldc) {
    return cOff + (column + j) * ldc + row + i;
  }
}

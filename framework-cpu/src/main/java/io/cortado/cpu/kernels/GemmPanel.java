package io.cortado.cpu.kernels;

/**
 * The part of a matrix product that is being computed: some rows and columns of C, a piece of the
 * sums' depth, and the operands' packed parts for them.
 *
 * <p>The product's loops set the fields; so no call makes an object, and none takes fifteen
 * arguments.
 */
final class GemmPanel {

  /** Where the operands begin in their arrays, and C in its own. */
  int leftOff;

  int rightOff;
  int outOff;

  /** What is computed: C, or what stands in for it where the product is turned. */
  float[] c = {};

  int cOff;
  int ldc;

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

  final FloatScratch turnedScratch = new FloatScratch();
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
  void start(int leftOff, int rightOff, int outOff) {
    this.leftOff = leftOff;
    this.rightOff = rightOff;
    this.outOff = outOff;
  }

  /** Says where to compute it. */
  void into(float[] c, int cOff, int ldc) {
    this.c = c;
    this.cOff = cOff;
    this.ldc = ldc;
  }

  /** Returns where an element of the panel is in {@link #c}. */
  int at(int i, int j) {
    return cOff + (row + i) * ldc + column + j;
  }

  /** Returns where it is in C, whose rows are so far apart, where the product is turned. */
  int turnedAt(int i, int j, int ldc) {
    return outOff + (column + j) * ldc + row + i;
  }
}

package io.cortado.cpu.kernels;

/**
 * How much work one block has.
 *
 * <p>The sizes depend on the operation alone, so results do too. Waking a helper thread costs some
 * microseconds: a block is some ten of them, and what fits one block stays on the calling thread.
 */
final class Blocks {

  /** Elements per block where each is read, touched by an instruction or two, and written. */
  static final int LIGHT = 32_768;

  /** Elements per block where each needs some tens of instructions. */
  static final int HEAVY = 8_192;

  private Blocks() {}

  /** Returns how many blocks of {@code size} cover n elements. */
  static int count(int n, int size) {
    return (n - 1) / size + 1;
  }

  /** Returns where a block ends; the sum of first and size may be more than an int holds. */
  static int end(int first, int size, int n) {
    return first + Math.min(size, n - first);
  }

  /**
   * Returns how many rows of {@code width} elements make a block of about {@code size}, at least
   * one.
   */
  static int rows(long width, int size) {
    return (int) Math.max(1, size / Math.max(1, width));
  }
}

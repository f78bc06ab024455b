package io.cortado.cpu.simd;

/** Philox 4x32-10, block by block. */
final class ScalarPhilox {

  static final long MULTIPLIER_0 = 0xD2511F53L;
  static final long MULTIPLIER_1 = 0xCD9E8D57L;
  static final int WEYL_0 = 0x9E3779B9;
  static final int WEYL_1 = 0xBB67AE85;
  static final int ROUNDS = 10;
  static final long LOW = 0xFFFFFFFFL;

  private ScalarPhilox() {}

  static void words(
      int key0,
      int key1,
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int first,
      int blocks,
      int[] out) {
    for (int b = first; b < blocks; b++) {
      int x0 = counter0 + b;
      int x1 = counter1;
      int x2 = counter2;
      int x3 = counter3;
      int k0 = key0;
      int k1 = key1;
      for (int r = 0; r < ROUNDS; r++) {
        long p0 = (x0 & LOW) * MULTIPLIER_0;
        long p1 = (x2 & LOW) * MULTIPLIER_1;
        x0 = (int) (p1 >>> 32) ^ x1 ^ k0;
        x1 = (int) p1;
        x2 = (int) (p0 >>> 32) ^ x3 ^ k1;
        x3 = (int) p0;
        k0 += WEYL_0;
        k1 += WEYL_1;
      }
      out[4 * b] = x0;
      out[4 * b + 1] = x1;
      out[4 * b + 2] = x2;
      out[4 * b + 3] = x3;
    }
  }
}

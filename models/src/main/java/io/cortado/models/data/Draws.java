package io.cortado.models.data;

import io.cortado.Philox;
import io.cortado.RandomStream;
import java.util.SplittableRandom;

/**
 * Random numbers for making batches: of each batch its own, so that a resumed run needs no more.
 */
public final class Draws {

  private Draws() {}

  /**
   * Returns a fast generator for a batch, or for what all batches of an epoch share.
   *
   * @param use tells several in one training apart
   * @param batch -1 for none
   */
  public static SplittableRandom of(long seed, int use, int epoch, int batch) {
    long step = (long) epoch << 32 | (batch + 1) & 0xFFFFFFFFL;
    return new SplittableRandom(new Philox(seed, RandomStream.AUGMENTATION, use, step).nextLong());
  }
}

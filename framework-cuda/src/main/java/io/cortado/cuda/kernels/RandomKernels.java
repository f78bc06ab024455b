package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;

/** Dropout and random numbers. */
public final class RandomKernels extends Family {

  /** Makes the family of a device. */
  public RandomKernels(Kernels kernels) {
    super(kernels, "random.cu");
  }

  /** See {@link io.cortado.backend.Backend#dropout}. */
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    long threshold = (long) Math.floor(p * 0x1p32);
    // Nothing is kept where p is 1, so that it does not matter by what it would be multiplied.
    float scale = p == 1 ? 0 : (float) (1 / (1 - (double) p));
    if (n > 0) {
      launch(
          "dropout",
          blocks(Math.ceilDiv(n, 4L)),
          (int) key.seed(),
          (int) (key.seed() >>> 32),
          key.ordinal(),
          key.stream(),
          step,
          threshold,
          scale,
          n,
          x,
          beta,
          y);
    }
  }

  private static int[] struct(RandomKey key) {
    return new int[] {(int) key.seed(), (int) (key.seed() >>> 32), key.ordinal(), key.stream()};
  }

  /** See {@link io.cortado.backend.RandomOps#random}. */
  public void random(RandomSpec s, RandomKey key, Buffer step, Buffer y) {
    eachFour(
        "random_numbers",
        s.n(),
        s.kind().ordinal(),
        struct(key),
        step,
        s.n(),
        s.secondWord() / 4,
        s.a(),
        s.b(),
        (long) Math.floor(s.a() * 0x1p32),
        y);
  }

  /** See {@link io.cortado.backend.RandomOps#randomInts}. */
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    eachFour("random_integers", n, struct(key), step, n, low, range, y);
  }
}

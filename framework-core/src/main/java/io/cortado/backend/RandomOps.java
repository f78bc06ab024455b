package io.cortado.backend;

import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;

/** Random numbers, the same bits on every backend. */
public interface RandomOps {

  /**
   * Writes numbers of a distribution.
   *
   * @param step int32: the low and the high word of the step number
   */
  void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y);

  /**
   * Writes random integers: {@code low + floor(w range / 2^32)}, w being the element's random word
   * (see {@link RandomKey}) as an unsigned number; with a range of 0 the word itself.
   *
   * @param step int32: the low and the high word of the step number
   * @param range how many different ones there are, as an unsigned number; 0 for 2^32
   * @param y int32
   */
  void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y);

  /**
   * Computes {@code y = mask * x / (1 - p) + beta * y}, the mask being 0 with probability p.
   *
   * <p>Element i is kept where its random word u (see {@link RandomKey}), as an unsigned number, is
   * at least {@code floor(p * 2^32)}. The backward pass is the same call on the gradient. With p =
   * 1, y is 0.
   *
   * @param step int32: the low and the high word of the step number
   */
  void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y);
}

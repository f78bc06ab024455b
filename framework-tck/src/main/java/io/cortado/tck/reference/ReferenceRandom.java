package io.cortado.tck.reference;

import io.cortado.backend.RandomMath;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;

/** Random numbers of some distributions. */
public final class ReferenceRandom {

  private ReferenceRandom() {}

  /** Returns the numbers. */
  public static float[] numbers(RandomSpec s, RandomKey key, int stepLow, int stepHigh) {
    float[] y = new float[Math.toIntExact(s.n())];
    for (int i = 0; i < y.length; i++) {
      int word = Philox.word(key, stepLow, stepHigh, i);
      y[i] =
          switch (s.kind()) {
            case UNIFORM -> RandomMath.uniform(word, s.a(), s.b());
            case NORMAL -> {
              int second = Philox.word(key, stepLow, stepHigh, i + s.secondWord());
              yield RandomMath.normal(word, second, s.a(), s.b());
            }
            case BERNOULLI -> Integer.toUnsignedLong(word) < Math.floor(s.a() * 0x1p32) ? 1 : 0;
            case GUMBEL -> RandomMath.gumbel(word, s.a(), s.b());
            case SORT_KEY -> RandomMath.sortKey(word);
          };
    }
    return y;
  }

  /** Returns the integers. */
  public static int[] integers(
      RandomKey key, int stepLow, int stepHigh, int low, int range, int n) {
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      int word = Philox.word(key, stepLow, stepHigh, i);
      y[i] =
          low
              + (range == 0
                  ? word
                  : (int) (Integer.toUnsignedLong(word) * Integer.toUnsignedLong(range) >>> 32));
    }
    return y;
  }
}

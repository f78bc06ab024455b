package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.RandomMath;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.tck.reference.Philox;
import org.junit.jupiter.api.Test;

/** What the conformance kit has no memory for. */
class RandomNumbersTest {

  /** The second words of so many normal numbers are the counters beyond 2^31 elements. */
  @Test
  void theLastOfManyNormalNumbersHaveTheWordsFarBehindThem() {
    RandomSpec s = new RandomSpec(RandomSpec.Kind.NORMAL, 1_700_000_003, 0.5f, 2);
    RandomKey key = new RandomKey(42, 3, 1);
    int[] step = {7, 0};
    int first = 1_699_999_996;
    float[] y = new float[7];
    try (Workers workers = new Workers(1)) {
      new RandomNumbers(Simd.choose(Simd.Choice.AUTO).ops(), workers)
          .numbers(s, key, step, 0, first, first + 7, 0, y, -first);
    }
    for (int i = 0; i < y.length; i++) {
      int w = Philox.word(key, 7, 0, first + i);
      int v = Philox.word(key, 7, 0, first + i + s.secondWord());
      assertThat(y[i]).isEqualTo(RandomMath.normal(w, v, 0.5f, 2));
    }
  }
}

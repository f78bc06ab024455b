package io.cortado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.autograd.Randoms;
import io.cortado.backend.RandomMath;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Random tensors: where they come from, and that they are distributed as they should be. */
class RandomsTest {

  private static final int N = 100_000;

  /** Five standard errors of a mean of N numbers of deviation 1. */
  private static final double CLOSE = 5 / Math.sqrt(N);

  /** A few roundings of a double. */
  private static final double LAST_BITS = 4e-16;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private float[] drawn(Supplier<Tensor> draw) {
    try (Step step = device.step()) {
      assertThat(step.isOpen()).isTrue();
      return draw.get().toFloatArray();
    }
  }

  private static void checkMoments(float[] x, double mean, double deviation) {
    double m = 0;
    double square = 0;
    for (float v : x) {
      m += v / (double) x.length;
    }
    for (float v : x) {
      square += (v - m) * (v - m) / x.length;
    }
    assertThat(m).isCloseTo(mean, within(CLOSE * deviation));
    assertThat(Math.sqrt(square)).isCloseTo(deviation, within(3 * CLOSE * deviation));
  }

  /** The part of normal numbers that are below a bound, by a series for the error function. */
  private static double below(float[] x, double bound) {
    int count = 0;
    for (float v : x) {
      count += v < bound ? 1 : 0;
    }
    return count / (double) x.length;
  }

  @Test
  void distributionsHaveTheirMomentsAndQuantiles() {
    checkMoments(drawn(() -> Randoms.uniform(device, -1, 3, N)), 1, 4 / Math.sqrt(12));
    float[] normal = drawn(() -> Randoms.normal(device, 2, 0.5f, N));
    checkMoments(normal, 2, 0.5);
    assertThat(below(normal, 1.5)).isCloseTo(0.158655, within(CLOSE));
    assertThat(below(normal, 3)).isCloseTo(0.977250, within(CLOSE));
    checkMoments(drawn(() -> Randoms.bernoulli(device, 0.3f, N)), 0.3, Math.sqrt(0.21));
    float[] gumbel = drawn(() -> Randoms.gumbel(device, N));
    checkMoments(gumbel, 0.5772157, Math.PI / Math.sqrt(6));
    assertThat(below(gumbel, 0)).isCloseTo(Math.exp(-1), within(CLOSE));
  }

  @Test
  void probabilitiesMayDifferFromElementToElement() {
    float[] p = new float[N];
    for (int i = 0; i < N; i++) {
      p[i] = new float[] {0, 0.25f, 1}[i % 3];
    }
    float[] x = drawn(() -> Randoms.bernoulli(device.tensor(p, N)));
    double[] ones = new double[3];
    for (int i = 0; i < N; i++) {
      assertThat(x[i]).isIn(0f, 1f);
      ones[i % 3] += x[i] * 3 / N;
    }
    assertThat(ones[0]).isZero();
    assertThat(ones[1]).isCloseTo(0.25, within(2 * CLOSE));
    assertThat(ones[2]).isCloseTo(1, within(1e-4));
  }

  @Test
  void integersAndPermutationsCoverTheirRange() {
    try (Step step = device.step()) {
      assertThat(step.isOpen()).isTrue();
      int[] dice = Randoms.randint(device, 1, 7, 6000).toIntArray();
      for (int face = 1; face <= 6; face++) {
        int f = face;
        assertThat(Arrays.stream(dice).filter(d -> d == f).count()).isBetween(850L, 1150L);
      }
      Tensor permutation = Randoms.permutation(device, 1000);
      int[] order = permutation.toIntArray();
      assertThat(order).isNotEqualTo(Randoms.permutation(device, 1000).toIntArray());
      int[] sorted = order.clone();
      Arrays.sort(sorted);
      assertThat(sorted).isNotEqualTo(order);
      for (int i = 0; i < sorted.length; i++) {
        assertThat(sorted[i]).isEqualTo(i);
      }
      assertThat(permutation.isKnownWithin(0, 1000)).isTrue();
    }
  }

  @Test
  void aSeedAndAStepHaveTheirNumbers() {
    device.seed(3);
    float[] first = drawn(() -> Randoms.normal(device, 0, 1, 9));
    float[] second = drawn(() -> Randoms.normal(device, 0, 1, 9));
    assertThat(second).isNotEqualTo(first);
    device.seed(3);
    assertThat(drawn(() -> Randoms.normal(device, 0, 1, 9))).isEqualTo(first);
  }

  @Test
  void theLogarithmAndTheCosineAreThose() {
    for (int i = 0; i < 200_000; i++) {
      double u = (i * 21_474.83 + 1) / 0x1p32;
      double log = StrictMath.log(u);
      assertThat(RandomMath.log(u)).isCloseTo(log, within(LAST_BITS * Math.max(1, -log)));
      double v = i / 200_000.0;
      double cosine = StrictMath.cos(2 * Math.PI * v);
      assertThat(RandomMath.cosOfTurns(v)).isCloseTo(cosine, within(4 * LAST_BITS));
    }
  }
}

package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.tck.reference.Numbers;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention too large for one block of its scores, against the same of whole matrices. */
public abstract class AttentionSuite extends DeviceSuite {

  /** Sums of some hundred products of single precision in another order. */
  private static final Tolerance AS_WHOLE = new Tolerance("whole matrices", 1e-5);

  /** So that small attentions have several blocks. */
  private static final int BLOCK = 1 << 12;

  /** For subclasses. */
  protected AttentionSuite() {}

  /**
   * A large attention.
   *
   * @param query the query's shape
   * @param key the key's shape
   * @param causal whether later keys are hidden
   * @param mask the shape of a mask that has a gradient
   */
  record Case(int[] query, int[] key, boolean causal, int[] mask) {
    @Override
    public String toString() {
      return "%s x %s, %s, causal %s".formatted(text(query), text(key), text(mask), causal);
    }

    private static String text(int[] dims) {
      return Arrays.toString(dims);
    }
  }

  private static int[] s(int... dims) {
    return dims;
  }

  static Stream<Case> cases() {
    return Stream.of(
        // rows of a head, the last block smaller
        new Case(s(70, 2), s(75, 2), false, s(70, 75)),
        new Case(s(2, 72, 2), s(2, 62, 2), true, s(2, 1, 62)),
        // far more queries than keys, so that a square of them would be large
        new Case(s(2500, 1), s(3, 1), true, s(3)),
        // some heads of a sample
        new Case(s(2, 3, 44, 1), s(2, 3, 38, 1), false, s(3, 1, 38)),
        // some samples
        new Case(s(5, 2, 25, 1), s(5, 2, 26, 1), true, s(5, 1, 1, 26)),
        // a sample of several leading axes, and heads of queries that share a head of keys
        new Case(s(2, 2, 2, 38, 1), s(2, 2, 1, 31, 1), false, s(2, 1, 2, 1, 31)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void blocksAreAsTheWhole(Case c) {
    float[][] blocks = results(c, true);
    float[][] whole = results(c, false);
    for (int i = 0; i < whole.length; i++) {
      float scale = 0;
      for (float x : whole[i]) {
        scale = Math.max(scale, Math.abs(x));
      }
      Expected.within(scale, Numbers.doubles(whole[i]))
          .check(c + ": " + (i == 0 ? "output" : "gradient " + (i - 1)), blocks[i], AS_WHOLE);
    }
  }

  private float[][] results(Case c, boolean inBlocks) {
    int[][] shapes = {c.query(), c.key(), c.key(), c.mask()};
    try (Step step = device.step()) {
      Tensor[] x = new Tensor[4];
      for (int i = 0; i < 4; i++) {
        long n = 1;
        for (int d : shapes[i]) {
          n *= d;
        }
        x[i] = step.tensor(new Data(31 + i).between((int) n, -2, 2), shapes[i]).requiresGrad(true);
      }
      Tensor y = inBlocks ? blocks(c, x) : whole(c, x);
      float[] dy = new Data(7).between((int) y.size(), -1, 1);
      y.backward(step.tensor(dy, y.shape().toArray()));
      float[][] results = new float[5][];
      results[0] = y.toFloatArray();
      for (int i = 0; i < 4; i++) {
        results[i + 1] = Objects.requireNonNull(x[i].grad()).toFloatArray();
      }
      return results;
    }
  }

  private static Tensor blocks(Case c, Tensor[] x) {
    AttentionOptions o =
        AttentionOptions.DEFAULTS
            .isCausal(c.causal())
            .attnMask(x[3])
            .enableGqa(true)
            .blockSize(BLOCK);
    return Attention.scaledDotProductAttention(x[0], x[1], x[2], o);
  }

  private static Tensor whole(Case c, Tensor[] x) {
    int[] heads = c.query().clone();
    heads[heads.length - 2] = c.key()[heads.length - 2];
    Tensor k = x[1].expand(heads);
    Tensor v = x[2].expand(heads);
    float scale = (float) (1 / Math.sqrt(x[0].dim(-1)));
    Tensor scores = x[0].matmul(k.transpose(-2, -1)).mul(scale).add(x[3]);
    if (c.causal()) {
      scores = scores.add(Attention.causalMask(scores.device(), x[0].dim(-2), k.dim(-2)));
    }
    return scores.softmax(-1).matmul(v);
  }

  /** What is held between the passes, and at most, grows with the length and not its square. */
  @Test
  void theMatrixIsNotStored() {
    int length = 512;
    long matrix = 4L * length * length;
    // A device of its own, because the peak is that of all tests.
    try (Device own = Device.of(open());
        Step step = own.step()) {
      Tensor x = step.ones(2, length, 4).requiresGrad(true);
      AttentionOptions o = AttentionOptions.DEFAULTS.blockSize(1 << 15);
      long before = own.backend().memory().inUseBytes();
      Tensor y = Attention.scaledDotProductAttention(x, x, x, o);
      long held = own.backend().memory().inUseBytes() - before;
      y.sum().backward();
      assertThat(held).as("bytes held for the backward pass").isEqualTo(4 * y.size());
      assertThat(own.backend().memory().peakBytes() - before)
          .as("bytes at the peak")
          .isLessThan(matrix);
    }
  }

  /** Dropout keeps the mean, and draws the same numbers for the gradient. */
  @Test
  void dropoutOfManyBlocks() {
    int n = 400;
    device.seed(5);
    try (Step step = device.step()) {
      Tensor q = step.zeros(n, 1);
      Tensor v = step.ones(n, 1).requiresGrad(true);
      AttentionOptions o = AttentionOptions.DEFAULTS.dropoutP(0.25).blockSize(BLOCK);
      Tensor y = Attention.scaledDotProductAttention(q, q, v, o);
      float[] sums = y.toFloatArray();
      y.sum().backward();
      float[] kept = Objects.requireNonNull(v.grad()).toFloatArray();
      double total = 0;
      double gradients = 0;
      Set<Float> different = new HashSet<>();
      for (int i = 0; i < n; i++) {
        // A mean of n that are kept with probability 3/4: six deviations.
        assertThat(sums[i]).isBetween(1 - 0.18f, 1 + 0.18f);
        total += sums[i];
        gradients += kept[i];
        different.add(sums[i]);
      }
      assertThat(gradients).isCloseTo(total, within(0.01));
      assertThat(total / n).isBetween(1 - 0.008, 1 + 0.008);
      assertThat(different).as("rows have numbers of their own").hasSizeGreaterThan(30);
    }
  }
}

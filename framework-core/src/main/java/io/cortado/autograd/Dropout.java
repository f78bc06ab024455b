package io.cortado.autograd;

import io.cortado.RandomState;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;

/** Dropout. */
public final class Dropout {

  /** Minus what SELU tends to. */
  private static final float ALPHA = 1.7580993408473766f;

  private Dropout() {}

  /**
   * Sets each element to 0 with probability p and scales the others by {@code 1 / (1 - p)}.
   *
   * <p>No mask is stored: the backward pass draws the same numbers again.
   */
  public static Tensor dropout(Tensor x, float p) {
    Step step = Checks.step("dropout", x);
    Checks.floats("dropout", x);
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: probability " + p + " is not between 0 and 1");
    }
    RandomState random = x.device().random();
    RandomKey key = random.next();
    long number = random.number(); // a seed that is set before the backward pass changes neither
    Backend backend = x.device().backend();
    Tensor y = step.empty(x.shape());
    backend.dropout(key, random.step(number), p, x.size(), x.buffer(), 0, y.buffer());
    if (!step.records(x)) {
      return y;
    }
    return step.record(
        "dropout",
        y,
        g ->
            backend.dropout(
                key, random.step(number), p, x.size(), g.upstream(), g.beta(x), g.of(x)));
  }

  /**
   * Sets whole channels to 0 with probability p and scales the others by {@code 1 / (1 - p)}.
   *
   * @param kept how many axes a channel is told by: 2 for {@code [N, C, ...]}, 1 for {@code [C,
   *     ...]}
   * @throws IllegalArgumentException if p is no probability, or x has fewer axes
   * @see <a href="https://arxiv.org/abs/1411.4280">Tompson et al., "Efficient Object Localization
   *     Using Convolutional Networks" (2014)</a>
   */
  public static Tensor featureDropout(Tensor x, float p, int kept) {
    return x.mul(dropout(channels("featureDropout", x, kept), p));
  }

  /** Returns a 1 for each channel. */
  private static Tensor channels(String name, Tensor x, int kept) {
    Step step = Checks.step(name, x);
    Shape s = x.shape();
    if (s.rank() < kept) {
      throw new IllegalArgumentException(
          name + ": input " + s + " has no channels; at least " + kept + " axes are needed");
    }
    int[] dims = s.toArray();
    Arrays.fill(dims, kept, dims.length, 1);
    return step.ones(dims);
  }

  /**
   * Sets each element with probability p to what SELU tends to for negative numbers, and scales and
   * shifts all so that mean 0 and variance 1 stay what they are.
   *
   * @throws IllegalArgumentException if p is no probability
   * @see <a href="https://arxiv.org/abs/1706.02515">Klambauer et al., "Self-Normalizing Neural
   *     Networks" (2017)</a>
   */
  public static Tensor alphaDropout(Tensor x, float p) {
    return p == 1 ? x.mul(0) : dropped(dropout(x.add(ALPHA), p), p);
  }

  /**
   * {@link #alphaDropout} of whole channels.
   *
   * @param kept how many axes a channel is told by: 2 for {@code [N, C, ...]}
   * @throws IllegalArgumentException if p is no probability, or x has fewer axes
   */
  public static Tensor featureAlphaDropout(Tensor x, float p, int kept) {
    return p == 1 ? x.mul(0) : dropped(featureDropout(x.add(ALPHA), p, kept), p);
  }

  /** Brings what is 0 or {@code (x + alpha) / (1 - p)} to where mean and variance are kept. */
  private static Tensor dropped(Tensor x, float p) {
    double a = 1 / Math.sqrt((ALPHA * (double) ALPHA * p + 1) * (1 - p));
    return Arithmetic.unary(
        UnaryOp.affine((float) (a * (1 - p)), (float) (-ALPHA * a * (1 - p))), x);
  }
}

package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.RandomState;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.internal.IntRange;
import io.cortado.pointwise.Pointwise;

/**
 * Random tensors in the open step.
 *
 * <p>They come from the streams that dropout's masks come from: the same seed gives the same bits
 * on every device, each step has numbers of its own, a captured one too, and inference steps do not
 * change how training goes on. The numbers are Cortado's own, not PyTorch's. No gradient flows into
 * them; one flows through what they are multiplied with or added to, so that {@code mean + std *
 * normal} is differentiable in both.
 */
public final class Randoms {

  /** 1 where p is above u, else 0; NaN for NaN. */
  private static final Pointwise ABOVE =
      Pointwise.of("bernoulli", (p, u) -> p.sub(u).sign().relu());

  private Randoms() {}

  /**
   * Returns numbers spread evenly from low to high, high itself excluded but for roundings.
   *
   * @throws IllegalArgumentException if low is above high, or one is not finite
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.rand.html">torch.rand</a>
   */
  public static Tensor uniform(Device device, float low, float high, int... shape) {
    if (!(low <= high && Float.isFinite(high - low))) {
      throw new IllegalArgumentException(
          "uniform: from " + low + " to " + high + "; give finite bounds, the lower one first");
    }
    return drawn("uniform", device, RandomSpec.Kind.UNIFORM, low, high, shape);
  }

  /**
   * Returns numbers of the normal distribution.
   *
   * @throws IllegalArgumentException if the deviation is negative or not a number
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.normal.html">torch.normal</a>
   */
  public static Tensor normal(Device device, float mean, float std, int... shape) {
    if (!(std >= 0)) {
      throw new IllegalArgumentException("normal: standard deviation " + std + "; give 0 or more");
    }
    return drawn("normal", device, RandomSpec.Kind.NORMAL, mean, std, shape);
  }

  /**
   * Returns 1 with probability p, else 0.
   *
   * @throws IllegalArgumentException if p is not between 0 and 1
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.bernoulli.html">
   *     torch.bernoulli</a>
   */
  public static Tensor bernoulli(Device device, float p, int... shape) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("bernoulli: probability " + p + " is not in 0 to 1");
    }
    return drawn("bernoulli", device, RandomSpec.Kind.BERNOULLI, p, 0, shape);
  }

  /**
   * Returns 1 with the probability that each element is, else 0; NaN for NaN. No gradient flows.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.bernoulli.html">
   *     torch.bernoulli</a>
   */
  public static Tensor bernoulli(Tensor probabilities) {
    Checks.floats("bernoulli", probabilities);
    Shape s = probabilities.shape();
    Tensor u = uniform(probabilities.device(), 0, 1, s.toArray());
    Fused.run(ABOVE, s, u.buffer(), probabilities, u);
    return u;
  }

  /**
   * Returns numbers of Gumbel's distribution, {@code -ln(-ln u)}: the largest of logits plus these
   * is distributed as their softmax says.
   *
   * @see <a href="https://pytorch.org/docs/stable/distributions.html#gumbel">
   *     torch.distributions.Gumbel</a>
   */
  public static Tensor gumbel(Device device, int... shape) {
    return drawn("gumbel", device, RandomSpec.Kind.GUMBEL, 0, 1, shape);
  }

  private static Tensor drawn(
      String name, Device device, RandomSpec.Kind kind, float a, float b, int... shape) {
    Step step = device.currentStep(name);
    Tensor y = step.empty(Shape.of(shape));
    RandomState random = device.random();
    RandomSpec spec = new RandomSpec(kind, y.size(), a, b);
    device.backend().random(spec, random.next(), random.step(), y.buffer());
    return y;
  }

  /**
   * Returns whole numbers from low to high, high excluded, all equally likely to within 2^-32.
   *
   * @throws IllegalArgumentException if low is not below high
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.randint.html">torch.randint</a>
   */
  public static Tensor randint(Device device, int low, int high, int... shape) {
    if (low >= high) {
      throw new IllegalArgumentException(
          "randint: from " + low + " to " + high + "; the upper bound has to be above the lower");
    }
    Step step = device.currentStep("randint");
    Tensor y = step.empty(DType.INT32, Shape.of(shape));
    RandomState random = device.random();
    device
        .backend()
        .randomInts(random.next(), random.step(), low, high - low, y.size(), y.buffer());
    return y.withKnownRange(new IntRange(low, high - 1));
  }

  /**
   * Returns the numbers from 0 to n - 1 in random order.
   *
   * <p>They are sorted by keys of 31 random bits; equal keys, two of n with probability {@code n^2
   * / 2^32}, stay in order.
   *
   * @throws IllegalArgumentException if n is negative
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.randperm.html">torch.randperm</a>
   */
  public static Tensor permutation(Device device, int n) {
    if (n < 0) {
      throw new IllegalArgumentException("permutation: of " + n + " numbers; give 0 or more");
    }
    Step step = device.currentStep("permutation");
    Tensor y = step.empty(DType.INT32, Shape.of(n));
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer keys = temporaries.floats(n);
      Buffer sorted = temporaries.floats(n);
      RandomState random = device.random();
      RandomSpec spec = new RandomSpec(RandomSpec.Kind.SORT_KEY, n, 0, 0);
      device.backend().random(spec, random.next(), random.step(), keys);
      SortSpec order = new SortSpec(new AxisSpec(1, n, 1), n, false);
      device.backend().sort(order, keys, sorted, y.buffer());
    }
    return y.withKnownRange(new IntRange(0, Math.max(0, n - 1)));
  }
}

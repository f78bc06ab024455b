package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** Variances, products and other reductions over some axes. */
public final class Statistics {

  /** Keeps a divisor away from 0: what is 0 stays 0, where PyTorch's gradients are 0 too. */
  private static final UnaryOp AWAY_FROM_0 =
      UnaryOp.clamp(Float.MIN_NORMAL, Float.POSITIVE_INFINITY);

  private Statistics() {}

  private static BinarySpec over(BinaryOp op, Shape all, Shape one) {
    return new BinarySpec(op, all, one, all);
  }

  /**
   * Returns the variance {@code sum (x - mean)^2 / (n - correction)}, n being the number of
   * elements that make one.
   *
   * <p>NaN or infinite where n is not above the correction, as PyTorch's.
   *
   * @param correction 1 for the unbiased estimate, 0 for the elements' own variance
   * @param axes none for all
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.var.html">torch.var</a>
   */
  public static Tensor var(Tensor x, int correction, boolean keepDim, int... axes) {
    return spread("var", x, correction, keepDim, axes);
  }

  /**
   * Returns the standard deviation, the root of {@link #var}; its gradient is 0 where it is 0.
   *
   * @param correction 1 for the root of the unbiased variance, 0 for the elements' own deviation
   * @param axes none for all
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.std.html">torch.std</a>
   */
  public static Tensor std(Tensor x, int correction, boolean keepDim, int... axes) {
    return spread("std", x, correction, keepDim, axes);
  }

  private static Tensor spread(
      String name, Tensor x, int correction, boolean keepDim, int... axes) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    MergedAxes merged = MergedAxes.of(name, x, axes);
    return merged.reduce(keepDim, m -> spread(name, step, m, merged, correction));
  }

  private static Tensor spread(
      String name, Step step, Tensor m, MergedAxes merged, int correction) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = merged.reduced();
    float freedom = Math.max(0, merged.extent() - correction);
    Tensor mean = step.empty(one);
    Tensor y = step.empty(one);
    backend.reduce(new ReduceSpec(ReduceOp.MEAN, all, one), m.buffer(), 0, mean.buffer());
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer squares = temporaries.floats(m.size());
      backend.binary(over(BinaryOp.SUB, all, one), m.buffer(), mean.buffer(), 0, squares);
      backend.unary(UnaryOp.SQUARE, m.size(), squares, squares);
      backend.reduce(new ReduceSpec(ReduceOp.SUM, all, one), squares, 0, y.buffer());
    }
    backend.unary(UnaryOp.affine(1 / freedom, 0), y.size(), y.buffer(), y.buffer());
    boolean root = name.equals("std");
    if (root) {
      backend.unary(UnaryOp.SQRT, y.size(), y.buffer(), y.buffer());
    }
    return step.records(m)
        ? step.record(name, y, g -> spreadBackward(step, m, mean, root ? y : null, freedom, g))
        : y;
  }

  /** Computes {@code dy 2 (x - mean) / freedom}, or {@code dy (x - mean) / (freedom root)}. */
  private static void spreadBackward(
      Step step, Tensor m, Tensor mean, @Nullable Tensor root, float freedom, Gradients g) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = mean.shape();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer part = temporaries.floats(m.size());
      backend.binary(over(BinaryOp.SUB, all, one), m.buffer(), mean.buffer(), 0, part);
      if (root != null) {
        Buffer divisor = temporaries.floats(mean.size());
        backend.unary(AWAY_FROM_0, mean.size(), root.buffer(), divisor);
        backend.binary(over(BinaryOp.DIV, all, one), part, divisor, 0, part);
      }
      float factor = (root == null ? 2 : 1) / freedom;
      backend.unary(UnaryOp.affine(factor, 0), m.size(), part, part);
      backend.binary(over(BinaryOp.MUL, all, one), part, g.upstream(), g.beta(m), g.of(m));
    }
  }

  /**
   * Returns the p-norm {@code (sum |x|^p)^(1/p)}.
   *
   * <p>For infinity the largest absolute value, for minus infinity the smallest, whose gradients
   * are shared evenly among equal ones; for 0 the number of elements that are not 0, without a
   * gradient. The gradient is 0 where the norm is.
   *
   * @param axes none for all
   * @throws IllegalArgumentException if p is NaN
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.norm.html">torch.norm</a>
   */
  public static Tensor norm(Tensor x, float p, boolean keepDim, int... axes) {
    if (Float.isNaN(p)) {
      throw new IllegalArgumentException("norm: the order is NaN; give a number or an infinity");
    }
    Step step = Checks.step("norm", x);
    Checks.floats("norm", x);
    if (Float.isInfinite(p)) {
      Tensor magnitudes = x.abs();
      return p > 0
          ? Extremes.amax(magnitudes, keepDim, axes)
          : Extremes.amin(magnitudes, keepDim, axes);
    }
    if (p == 1) {
      return Reductions.axes(ReduceOp.SUM, x.abs(), keepDim, axes);
    }
    MergedAxes merged = MergedAxes.of("norm", x, axes);
    return merged.reduce(
        keepDim, m -> p == 0 ? Extremes.count(step, merged) : norm(step, m, p, merged.reduced()));
  }

  private static Tensor norm(Step step, Tensor m, float p, Shape one) {
    Backend backend = m.device().backend();
    Tensor y = step.empty(one);
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer powers = temporaries.floats(m.size());
      if (p == 2) {
        backend.unary(UnaryOp.SQUARE, m.size(), m.buffer(), powers);
      } else {
        backend.unary(UnaryOp.ABS, m.size(), m.buffer(), powers);
        backend.unary(UnaryOp.pow(p), m.size(), powers, powers);
      }
      backend.reduce(new ReduceSpec(ReduceOp.SUM, m.shape(), one), powers, 0, y.buffer());
    }
    UnaryOp root = p == 2 ? UnaryOp.SQRT : UnaryOp.pow(1 / p);
    backend.unary(root, y.size(), y.buffer(), y.buffer());
    return step.records(m) ? step.record("norm", y, g -> normBackward(step, m, y, p, g)) : y;
  }

  /** Computes {@code dy sign(x) (|x| / y)^(p - 1)}. */
  private static void normBackward(Step step, Tensor m, Tensor y, float p, Gradients g) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = y.shape();
    long n = m.size();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer divisor = temporaries.floats(y.size());
      Buffer part = temporaries.floats(n);
      backend.unary(AWAY_FROM_0, y.size(), y.buffer(), divisor);
      if (p == 2) {
        backend.binary(over(BinaryOp.DIV, all, one), m.buffer(), divisor, 0, part);
        backend.binary(over(BinaryOp.MUL, all, one), part, g.upstream(), g.beta(m), g.of(m));
        return;
      }
      backend.unary(UnaryOp.ABS, n, m.buffer(), part);
      if (p < 1) { // a negative power of 0 would be infinite, and no sign makes that 0
        backend.unary(AWAY_FROM_0, n, part, part);
      }
      backend.binary(over(BinaryOp.DIV, all, one), part, divisor, 0, part);
      backend.unary(UnaryOp.pow(p - 1), n, part, part);
      if (p < 1) {
        backend.unary(UnaryOp.clamp(0, Float.MAX_VALUE), n, part, part);
      }
      backend.binary(over(BinaryOp.MUL, all, one), part, g.upstream(), 0, part);
      backend.unaryBackward(UnaryOp.ABS, n, m.buffer(), null, part, g.beta(m), g.of(m));
    }
  }

  /**
   * Returns {@code ln sum e^x}, shifted by the largest so that it cannot overflow.
   *
   * <p>Minus infinity where all elements are, or there are none.
   *
   * @param axes none for all
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.logsumexp.html">
   *     torch.logsumexp</a>
   */
  public static Tensor logsumexp(Tensor x, boolean keepDim, int... axes) {
    Step step = Checks.step("logsumexp", x);
    Checks.floats("logsumexp", x);
    MergedAxes merged = MergedAxes.of("logsumexp", x, axes);
    return merged.reduce(keepDim, m -> logsumexp(step, m, merged));
  }

  private static Tensor logsumexp(Step step, Tensor m, MergedAxes merged) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = merged.reduced();
    Tensor y = step.empty(one);
    if (m.size() == 0) {
      backend.fill(y.buffer(), y.size(), Float.NEGATIVE_INFINITY);
      return step.records(m) ? step.record("logsumexp", y, g -> g.of(m)) : y;
    }
    AxisSpec s = merged.spec();
    Tensor where = Reductions.argmax(m, merged.axis());
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer largest = temporaries.floats(y.size());
      Buffer powers = temporaries.floats(m.size());
      IndexSpec pick = new IndexSpec("logsumexp", s.outer(), s.extent(), 1, s.inner(), false);
      backend.gather(pick, where.buffer(), m.buffer(), 0, largest);
      // An infinite shift would make NaN of infinities that a finite one leaves what they are.
      backend.unary(UnaryOp.clamp(-Float.MAX_VALUE, Float.MAX_VALUE), y.size(), largest, largest);
      backend.binary(over(BinaryOp.SUB, all, one), m.buffer(), largest, 0, powers);
      backend.unary(UnaryOp.EXP, m.size(), powers, powers);
      backend.reduce(new ReduceSpec(ReduceOp.SUM, all, one), powers, 0, y.buffer());
      backend.unary(UnaryOp.LOG, y.size(), y.buffer(), y.buffer());
      backend.axpby(y.size(), 1, largest, 1, y.buffer());
    }
    return step.records(m) ? step.record("logsumexp", y, g -> logsumexpBackward(step, m, y, g)) : y;
  }

  /** Computes {@code dy e^(x - y)}. */
  private static void logsumexpBackward(Step step, Tensor m, Tensor y, Gradients g) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = y.shape();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer part = temporaries.floats(m.size());
      backend.binary(over(BinaryOp.SUB, all, one), m.buffer(), y.buffer(), 0, part);
      backend.unary(UnaryOp.EXP, m.size(), part, part);
      backend.binary(over(BinaryOp.MUL, all, one), part, g.upstream(), g.beta(m), g.of(m));
    }
  }

  /**
   * Returns the product of the elements.
   *
   * <p>An element's gradient is the product of the others, zeros among them or not; none is divided
   * by. So it is a number where the element alone is NaN, and not NaN as PyTorch's.
   *
   * @param axes none for all
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.prod.html">torch.prod</a>
   */
  public static Tensor prod(Tensor x, boolean keepDim, int... axes) {
    Step step = Checks.step("prod", x);
    Checks.floats("prod", x);
    MergedAxes merged = MergedAxes.of("prod", x, axes);
    return merged.reduce(keepDim, m -> prod(step, m, merged));
  }

  private static Tensor prod(Step step, Tensor m, MergedAxes merged) {
    Backend backend = m.device().backend();
    AxisSpec s = merged.spec();
    Tensor y = step.empty(merged.reduced());
    if (m.size() == 0) {
      backend.fill(y.buffer(), y.size(), 1);
      return step.records(m) ? step.record("prod", y, g -> g.of(m)) : y;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer running = temporaries.floats(m.size());
      backend.scan(new ScanSpec(s, ScanSpec.Op.PRODUCT, false, false), m.buffer(), 0, running);
      long row = s.extent() * s.inner();
      CopySpec last = new CopySpec(s.outer(), s.inner(), row - s.inner(), row, 0, s.inner());
      backend.copyBlock(last, running, 0, y.buffer());
    }
    return step.records(m) ? step.record("prod", y, g -> prodBackward(step, s, m, y, g)) : y;
  }

  /** The product of the elements before is multiplied by that of those behind. */
  private static void prodBackward(Step step, AxisSpec s, Tensor m, Tensor y, Gradients g) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer before = temporaries.floats(m.size());
      Buffer behind = temporaries.floats(m.size());
      ScanSpec forwards = new ScanSpec(s, ScanSpec.Op.PRODUCT, false, true);
      ScanSpec backwards = new ScanSpec(s, ScanSpec.Op.PRODUCT, true, true);
      backend.scan(forwards, m.buffer(), 0, before);
      backend.scan(backwards, m.buffer(), 0, behind);
      backend.binary(over(BinaryOp.MUL, all, all), before, behind, 0, before);
      backend.binary(over(BinaryOp.MUL, all, y.shape()), before, g.upstream(), g.beta(m), g.of(m));
    }
  }
}

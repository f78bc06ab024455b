package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the rows of a cross-entropy.
 *
 * <p>An object that is kept and filled with the arguments of each call, because so many captured by
 * a lambda would be garbage at every step. Where the class axis is not the last, a unit of work is
 * a strip of columns that is gathered into rows.
 */
final class CrossEntropyPass implements BlockTask {

  private static final float[] NONE = {};

  private final VectorOps ops;
  private final FloatScratch[] scratch;
  private final DoubleScratch partials = new DoubleScratch();

  private @Nullable CrossEntropySpec spec;
  private double counted;
  private double scale;
  private double weightSum;
  private float smooth;
  private float[] x = NONE;
  private int xo;
  private int @Nullable [] indices;
  private float @Nullable [] probabilities;
  private int to;
  private float @Nullable [] weight;
  private int wo;
  private float[] loss = NONE;
  private int lo;
  private float @Nullable [] grad;
  private int go;
  private int strips;
  private int units;
  private int perBlock;
  private double[] sums = {};

  CrossEntropyPass(VectorOps ops, int workers) {
    this.ops = ops;
    this.scratch = FloatScratch.each(workers);
  }

  /**
   * Takes the arguments of a call.
   *
   * @param counted what a mean is divided by
   */
  void begin(
      CrossEntropySpec spec,
      double counted,
      float[] x,
      int xo,
      float @Nullable [] weight,
      int wo,
      float[] loss,
      int lo) {
    this.spec = spec;
    this.counted = counted;
    this.scale = spec.reduction() == Reduction.MEAN ? 1 / counted : 1;
    this.smooth = spec.labelSmoothing() / spec.classes();
    this.weightSum = weight == null ? spec.classes() : Sums.sum(ops, spec.classes(), weight, wo);
    this.x = x;
    this.xo = xo;
    this.weight = weight;
    this.wo = wo;
    this.loss = loss;
    this.lo = lo;
    this.strips = Blocks.count(spec.inner(), Columns.STRIP);
    this.units = spec.rows() == 0 ? 0 : spec.outer() * strips;
    long width = (long) Math.min(spec.inner(), Columns.STRIP) * spec.classes();
    this.perBlock = Blocks.rows(width, Blocks.HEAVY);
    this.sums = partials.zeros(blocks());
  }

  /** Takes the targets, of which one is given. */
  void targets(int @Nullable [] indices, float @Nullable [] probabilities, int offset) {
    this.indices = indices;
    this.probabilities = probabilities;
    this.to = offset;
  }

  /** Takes the array for the gradient. */
  void gradient(float @Nullable [] grad, int offset) {
    this.grad = grad;
    this.go = offset;
  }

  int blocks() {
    return units == 0 ? 0 : Blocks.count(units, perBlock);
  }

  /** Writes the reduced loss and lets the arrays go. */
  void end() {
    CrossEntropySpec s = spec();
    if (s.reduction() != Reduction.NONE) {
      double sum = 0;
      for (int b = 0; b < blocks(); b++) {
        sum += sums[b];
      }
      loss[lo] = (float) (s.reduction() == Reduction.MEAN ? sum / counted : sum);
    }
    spec = null;
    x = NONE;
    weight = null;
    loss = NONE;
    targets(null, null, 0);
    gradient(null, 0);
  }

  private CrossEntropySpec spec() {
    CrossEntropySpec s = spec;
    if (s == null) {
      throw new IllegalStateException("no call has begun");
    }
    return s;
  }

  @Override
  public void run(int block, int worker) {
    CrossEntropySpec s = spec();
    int end = Blocks.end(block * perBlock, perBlock, units);
    double sum = 0;
    for (int unit = block * perBlock; unit < end; unit++) {
      sum += s.inner() == 1 ? row(s, unit) : strip(s, unit, scratch[worker]);
    }
    sums[block] = sum;
  }

  private double row(CrossEntropySpec s, int row) {
    int i = row * s.classes();
    float[] p = probabilities;
    return p == null
        ? finishRow(s, row, indexRow(s, index(row), x, xo + i, grad, go + i))
        : finishRow(s, row, probabilityRow(s, x, xo + i, p, to + i, grad, go + i));
  }

  private double strip(CrossEntropySpec s, int unit, FloatScratch memory) {
    int classes = s.classes();
    int inner = s.inner();
    int outer = unit / strips;
    int col = unit % strips * Columns.STRIP;
    int cols = Math.min(Columns.STRIP, inner - col);
    int start = outer * classes * inner + col;
    int part = classes * Columns.STRIP;
    float[] rows = memory.get(3 * part);
    float[] g = grad == null ? null : rows;
    Columns.gather(classes, cols, inner, x, xo + start, rows, 0);
    float[] p = probabilities;
    if (p != null) {
      Columns.gather(classes, cols, inner, p, to + start, rows, part);
    }
    double sum = 0;
    for (int c = 0; c < cols; c++) {
      int row = outer * inner + col + c;
      int i = c * classes;
      double element =
          p == null
              ? indexRow(s, index(row), rows, i, g, 2 * part + i)
              : probabilityRow(s, rows, i, rows, part + i, g, 2 * part + i);
      sum += finishRow(s, row, element);
    }
    if (grad != null) {
      Columns.scatter(classes, cols, inner, rows, 2 * part, 0f, grad, go + start);
    }
    return sum;
  }

  private int index(int row) {
    int[] t = indices;
    if (t == null) {
      throw new IllegalStateException("no targets were given");
    }
    return t[to + row];
  }

  private double finishRow(CrossEntropySpec s, int row, double element) {
    if (s.reduction() == Reduction.NONE) {
      loss[lo + row] = (float) element;
    }
    return element;
  }

  private double indexRow(
      CrossEntropySpec s, int t, float[] x, int xo, float @Nullable [] g, int go) {
    int n = s.classes();
    if (t == s.ignoreIndex()) {
      if (g != null) {
        Arrays.fill(g, go, go + n, 0f);
      }
      return 0;
    }
    double own = (1.0 - s.labelSmoothing()) * (weight == null ? 1 : weight[wo + t]);
    double max = ops.max(n, x, xo);
    double expSum = expSum(n, x, xo, (float) max, g, go);
    double logZ = max + Math.log(expSum);
    double element = own * (logZ - x[xo + t]);
    double total = own;
    if (smooth != 0) {
      element += smooth * (weightSum * logZ - weighted(n, x, xo));
      total += smooth * weightSum;
    }
    if (g != null) {
      ops.axpby(n, (float) (scale * total / expSum), g, go, 0f, g, go);
      subtractSmoothing(n, g, go);
      g[go + t] -= (float) (scale * own);
    }
    return element;
  }

  private double probabilityRow(
      CrossEntropySpec s, float[] x, int xo, float[] t, int to, float @Nullable [] g, int go) {
    int n = s.classes();
    double keep = 1.0 - s.labelSmoothing();
    double max = ops.max(n, x, xo);
    double expSum = expSum(n, x, xo, (float) max, g, go);
    double logZ = max + Math.log(expSum);
    double element = 0;
    double total = 0;
    for (int c = 0; c < n; c++) {
      double q = keep * t[to + c] + smooth;
      if (weight != null) {
        q *= weight[wo + c];
      }
      total += q;
      element += q * (logZ - x[xo + c]);
    }
    if (g != null) {
      ops.axpby(n, (float) (scale * total / expSum), g, go, 0f, g, go);
      for (int c = 0; c < n; c++) {
        double q = keep * t[to + c] + smooth;
        if (weight != null) {
          q *= weight[wo + c];
        }
        g[go + c] -= (float) (scale * q);
      }
    }
    return element;
  }

  /** Returns the sum of e^(x - max), and leaves the terms in g. */
  private double expSum(int n, float[] x, int xo, float max, float @Nullable [] g, int go) {
    return g == null ? Sums.exps(ops, n, x, xo, max) : Sums.exps(ops, n, x, xo, max, g, go);
  }

  private double weighted(int n, float[] x, int xo) {
    float[] w = weight;
    return w == null ? Sums.sum(ops, n, x, xo) : Sums.dot(ops, n, x, xo, w, wo);
  }

  private void subtractSmoothing(int n, float[] g, int go) {
    float[] w = weight;
    if (smooth == 0) {
      return;
    }
    float each = (float) (-scale * smooth);
    if (w == null) {
      ops.binaryScalar(BinaryOp.ADD, n, g, go, each, 0f, g, go);
    } else {
      ops.axpby(n, each, w, wo, 1f, g, go);
    }
  }
}

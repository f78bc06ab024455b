package io.cortado.cpu.kernels;

import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;

/**
 * The recursions of one sequence of {@link Ctc}.
 *
 * <p>Forward, {@code alpha[t, s] = x[t, label s] + ln(e^alpha[t-1, s] + e^alpha[t-1, s-1] +
 * e^alpha[t-1, s-2])}, the last of them only where a label may follow another without a blank.
 * Backward is the same from the end: a row is kept there in the other direction, so that one loop
 * does both.
 */
final class CtcSequence {

  /** Cells in front of a row that nothing comes from. */
  private static final int MARGIN = 2;

  private static final float NEVER = Float.NEGATIVE_INFINITY;

  private final VectorOps ops;
  private final CtcSpec spec;
  private final Ctc.Arrays a;
  private final int n;
  private final int steps;
  private final int places;
  private final int rows;
  private final int width;
  private final float[] memory;
  private final double[] base;

  /**
   * Where things lie in memory: after the rows of alpha, two of beta, what may be skipped, parts.
   */
  private final int beta;

  private final int skip;
  private final int parts;

  CtcSequence(
      VectorOps ops, CtcSpec spec, Ctc.Arrays a, int n, int rows, float[] memory, double[] base) {
    this.ops = ops;
    this.spec = spec;
    this.a = a;
    this.n = n;
    this.rows = rows;
    this.memory = memory;
    this.base = base;
    steps = a.inputLengths()[a.io() + n];
    places = 2 * a.targetLengths()[a.tlo() + n] + 1;
    width = width(spec);
    beta = rows * width;
    skip = beta + 2 * width;
    parts = skip + 2 * width;
  }

  private static int width(CtcSpec spec) {
    return spec.places() + MARGIN;
  }

  /** Returns how many numbers a sequence needs for itself. */
  static int scratch(CtcSpec spec, int rows) {
    return Math.multiplyExact(rows + 8, width(spec));
  }

  void run() {
    Arrays.fill(memory, 0, parts, NEVER);
    for (int s = 3; s < places; s += 2) {
      boolean may = label(s) != label(s - 2);
      memory[skip + s] = may ? 0 : NEVER;
      memory[skip + width + places + 1 - s] = may ? 0 : NEVER;
    }
    double likelihood = steps == 0 ? (places == 1 ? 0 : NEVER) : forward();
    boolean never = likelihood == NEVER;
    a.losses()[a.lo() + n] = never && spec.zeroInfinity() ? 0 : (float) -likelihood;
    float[] gradient = a.gradient();
    if (gradient == null) {
      return;
    }
    for (int t = 0; t < spec.steps(); t++) {
      if (t >= steps || never) {
        float value = t < steps && !spec.zeroInfinity() ? Float.NaN : 0;
        Arrays.fill(gradient, at(a.go(), t), at(a.go(), t) + spec.classes(), value);
      }
    }
    if (!never) {
      backward(likelihood, gradient);
    }
  }

  private int label(int place) {
    return place % 2 == 0 ? spec.blank() : a.targets()[a.to() + n * spec.maxTarget() + place / 2];
  }

  /** Returns where step t of this sequence starts in an array of x's shape. */
  private int at(int offset, int t) {
    return offset + (t * spec.batch() + n) * spec.classes();
  }

  private int alpha(int t) {
    return t % rows * width + MARGIN;
  }

  private double forward() {
    int first = alpha(0);
    memory[first] = a.x()[at(a.xo(), 0) + spec.blank()];
    if (places > 1) {
      memory[first + 1] = a.x()[at(a.xo(), 0) + label(1)];
    }
    base[0] = center(first);
    for (int t = 1; t < steps; t++) {
      int row = alpha(t);
      follow(alpha(t - 1), skip, row);
      int x = at(a.xo(), t);
      for (int s = 0; s < places; s++) {
        memory[row + s] += a.x()[x + label(s)];
      }
      base[t] = base[t - 1] + center(row);
    }
    int last = alpha(steps - 1) + places - 1;
    double a = memory[last];
    double b = places > 1 ? memory[last - 1] : NEVER;
    double top = Math.max(a, b);
    return top == NEVER
        ? NEVER
        : Math.log(Math.exp(a - top) + Math.exp(b - top)) + top + base[steps - 1];
  }

  private void backward(double likelihood, float[] gradient) {
    int row = beta + MARGIN;
    memory[row] = 0;
    if (places > 1) {
      memory[row + 1] = 0;
    }
    double behind = 0;
    for (int t = steps - 1; t >= 0; t--) {
      int x = at(a.xo(), t);
      int g = at(a.go(), t);
      share(alpha(t), row, (float) (base[t] + behind - likelihood));
      ops.unary(UnaryOp.EXP, spec.classes(), a.x(), x, gradient, g);
      for (int s = 0; s < places; s++) {
        gradient[g + label(s)] -= memory[parts + s];
      }
      for (int s = 0; s < places; s++) {
        memory[row + places - 1 - s] += a.x()[x + label(s)];
      }
      int next = row == beta + MARGIN ? row + width : beta + MARGIN;
      follow(row, skip + width, next);
      behind += center(next);
      row = next;
    }
  }

  /** Writes which share of all fitting paths goes through each place: e^(alpha + beta + shift). */
  private void share(int alpha, int beta, float shift) {
    for (int s = 0; s < places; s++) {
      memory[parts + s] = memory[alpha + s] + memory[beta + places - 1 - s] + shift;
    }
    ops.unary(UnaryOp.EXP, places, memory, parts, memory, parts);
  }

  /** Writes {@code ln(e^row[i] + e^row[i-1] + e^(row[i-2] + may[i]))}. */
  private void follow(int row, int may, int to) {
    float[] m = memory;
    int p0 = parts;
    int p1 = p0 + places;
    int p2 = p1 + places;
    for (int i = 0; i < places; i++) {
      float v0 = m[row + i];
      float v1 = m[row + i - 1];
      float v2 = m[row + i - 2] + m[may + i];
      // Where all three are impossible the sum of the exponentials is 0, and its logarithm that.
      float top = Math.max(Math.max(Math.max(v0, v1), v2), -Float.MAX_VALUE);
      m[p0 + i] = v0 - top;
      m[p1 + i] = v1 - top;
      m[p2 + i] = v2 - top;
      m[to + i] = top;
    }
    ops.unary(UnaryOp.EXP, 3 * places, m, p0, m, p0);
    for (int i = 0; i < places; i++) {
      m[p0 + i] += m[p1 + i] + m[p2 + i];
    }
    ops.unary(UnaryOp.LOG, places, m, p0, m, p0);
    for (int i = 0; i < places; i++) {
      m[to + i] += m[p0 + i];
    }
  }

  /** Makes the largest number of a row 0, and returns what it was. */
  private double center(int row) {
    float top = ops.max(places, memory, row);
    if (Float.isInfinite(top)) {
      return 0;
    }
    for (int i = 0; i < places; i++) {
      memory[row + i] -= top;
    }
    return top;
  }
}

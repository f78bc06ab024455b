package io.cortado.tck;

import io.cortado.backend.spec.CtcSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceCtc;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses between sequences of different lengths. */
public abstract class SequenceLossSuite extends BackendSuite {

  /** Single-precision exponentials of numbers that are kept small; long sequences add them up. */
  private static final Tolerance RECURSION = new Tolerance("recursion of exponentials", 2e-5);

  /** Where the best path is far from the likeliest start: the spacing of floats at 10,000. */
  private static final Tolerance FAR = new Tolerance("logarithms of -10,000", 2e-3);

  /** For subclasses. */
  protected SequenceLossSuite() {}

  static Stream<CtcSpec> losses() {
    return Stream.of(
        new CtcSpec(1, 1, 2, 1, 0, false),
        new CtcSpec(7, 3, 4, 3, 0, false),
        new CtcSpec(7, 3, 4, 3, 3, true),
        new CtcSpec(12, 5, 3, 6, 1, false),
        new CtcSpec(33, 2, 17, 9, 0, true),
        new CtcSpec(150, 4, 29, 30, 28, false),
        new CtcSpec(301, 2, 5, 140, 0, false),
        new CtcSpec(4, 3, 5, 0, 0, false),
        new CtcSpec(0, 2, 3, 1, 0, false),
        new CtcSpec(5, 0, 3, 2, 0, false));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void ctc(CtcSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = logSoftmax(data.signed(s.size()), s.classes());
    int[] targets = labels(data, s);
    // Full ones, and shorter ones down to none, which no alignment may fit.
    int[] steps = new int[s.batch()];
    int[] lengths = new int[s.batch()];
    Arrays.setAll(steps, n -> s.steps() - n * s.steps() / (s.batch() + 1));
    int others = Math.max(1, s.batch() - 1);
    Arrays.setAll(lengths, n -> s.maxTarget() * (s.batch() - 1 - n) / others);
    check(s, x, targets, steps, lengths);
    Arrays.fill(lengths, s.maxTarget());
    Arrays.setAll(steps, n -> Math.max(0, s.steps() - 3 * n));
    check(s, x, targets, steps, lengths);
  }

  /** Repeats need a blank between them, so that the shortest input that fits is longer. */
  @Test
  void ctcOfRepeats() {
    for (int steps = 3; steps < 9; steps++) {
      for (boolean zero : new boolean[] {false, true}) {
        CtcSpec s = new CtcSpec(steps, 2, 4, 4, 0, zero);
        float[] x = logSoftmax(new Data(steps).signed(s.size()), s.classes());
        int[] full = {steps, steps};
        check(s, x, new int[] {2, 2, 2, 2, 1, 1, 3, 3}, full, new int[] {4, 4});
      }
    }
  }

  /** Classes that are all but impossible, or impossible, give neither NaN nor wrong digits. */
  @Test
  void ctcOfExtremes() {
    CtcSpec s = new CtcSpec(6, 3, 4, 2, 0, false);
    float[] x = new float[72];
    Data data = new Data(5);
    float[] logits = data.signed(x.length);
    float[] far = {0, -1e4f, 1e4f, 30, -30, 88};
    for (int i = 0; i < x.length; i++) {
      logits[i] += i < 48 ? far[i % far.length] : 0;
    }
    float[] logs = logSoftmax(logits, s.classes());
    for (int i = 48; i < 72; i += 4) {
      logs[i + 3] = Float.NEGATIVE_INFINITY; // the class that no target has
    }
    int[] two = {2, 2, 2};
    check(s, logs, new int[] {1, 2, 2, 1, 1, 1}, new int[] {6, 6, 6}, two, FAR);
  }

  /** A training that has diverged must show it, and does not where NaN counts as impossible. */
  @Test
  void ctcOfNaN() {
    for (boolean zero : new boolean[] {false, true}) {
      CtcSpec s = new CtcSpec(4, 3, 3, 2, 0, zero);
      float[] x = logSoftmax(new Data(7).signed(s.size()), s.classes());
      x[1 * 9 + 1] = Float.NaN; // the label of a short target, in the second of four steps
      x[3 * 9 + 3] = Float.NaN; // the blank, at the end
      try (Bench bench = bench()) {
        Operand losses = bench.output("losses", 3);
        Operand gradient = bench.output("gradient", s.size());
        backend()
            .ctcLoss(
                s,
                bench.input(x),
                bench.input(new int[] {1, 0, 1, 2, 2, 1}),
                bench.input(new int[] {4, 4, 3}),
                bench.input(new int[] {1, 2, 2}),
                losses.buffer(),
                gradient.buffer());
        float[] loss = losses.floats();
        float[] blanks = gradient.floats();
        for (int n = 0; n < 3; n++) {
          boolean broken = n < 2;
          if (Float.isNaN(loss[n]) != broken || Float.isInfinite(loss[n])) {
            throw new AssertionError("loss %d is %s, zeroInfinity %s".formatted(n, loss[n], zero));
          }
          for (int t = 0; t < 4; t++) {
            if (Float.isNaN(blanks[(t * 3 + n) * 3]) != broken) {
              throw new AssertionError(
                  "the blank's gradient is %s at step %d of sequence %d, whose loss is %s"
                      .formatted(blanks[(t * 3 + n) * 3], t, n, loss[n]));
            }
          }
        }
      }
    }
  }

  /** By the definition: every path of classes, those kept that become the target. */
  @Test
  void ctcIsTheSumOverAllPaths() {
    int steps = 5;
    int classes = 3;
    CtcSpec s = new CtcSpec(steps, 1, classes, 2, 1, false);
    float[] x = logSoftmax(new Data(11).signed(s.size()), classes);
    for (int[] target : new int[][] {{0, 2}, {2, 2}, {0}, {}}) {
      int[] padded = Arrays.copyOf(target, 2);
      double all = 0;
      for (int path = 0; path < Math.pow(classes, steps); path++) {
        int[] labels = new int[steps];
        double log = 0;
        for (int t = 0, rest = path; t < steps; t++, rest /= classes) {
          labels[t] = rest % classes;
          log += x[t * classes + labels[t]];
        }
        all += Arrays.equals(merged(labels, 1), target) ? Math.exp(log) : 0;
      }
      try (Bench bench = bench()) {
        Operand losses = bench.output("losses", 1);
        backend()
            .ctcLoss(
                s,
                bench.input(x),
                bench.input(padded),
                bench.input(new int[] {steps}),
                bench.input(new int[] {target.length}),
                losses.buffer(),
                null);
        losses.expect(Expected.relative(new double[] {-Math.log(all)}), RECURSION);
      }
    }
  }

  private static int[] merged(int[] path, int blank) {
    int[] out = new int[path.length];
    int n = 0;
    for (int t = 0; t < path.length; t++) {
      if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) {
        out[n++] = path[t];
      }
    }
    return Arrays.copyOf(out, n);
  }

  private static int[] labels(Data data, CtcSpec s) {
    int[] labels = data.indices((long) s.batch() * s.maxTarget(), s.classes() - 1);
    for (int i = 0; i < labels.length; i++) {
      labels[i] += labels[i] >= s.blank() ? 1 : 0;
    }
    return labels;
  }

  private static float[] logSoftmax(float[] x, int classes) {
    float[] y = new float[x.length];
    for (int row = 0; row < x.length; row += classes) {
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        max = Math.max(max, x[row + c]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(x[row + c] - max);
      }
      for (int c = 0; c < classes; c++) {
        y[row + c] = (float) (x[row + c] - max - Math.log(sum));
      }
    }
    return y;
  }

  private void check(CtcSpec s, float[] x, int[] targets, int[] steps, int[] lengths) {
    check(s, x, targets, steps, lengths, RECURSION);
  }

  private void check(
      CtcSpec s, float[] x, int[] targets, int[] steps, int[] lengths, Tolerance shares) {
    ReferenceCtc.Result expected =
        ReferenceCtc.loss(s, Numbers.doubles(x), targets, steps, lengths);
    for (boolean wanted : new boolean[] {true, false}) {
      try (Bench bench = bench()) {
        Operand losses = bench.output("losses", s.batch());
        Operand gradient = bench.output("gradient", wanted ? s.size() : 0);
        backend()
            .ctcLoss(
                s,
                bench.input(x),
                bench.input(targets),
                bench.input(steps),
                bench.input(lengths),
                losses.buffer(),
                wanted ? gradient.buffer() : null);
        losses.expect(Expected.relative(expected.losses()), RECURSION);
        if (wanted) {
          // Differences of numbers up to 1.
          double[] ones = new double[expected.gradient().length];
          Arrays.fill(ones, 1);
          gradient.expect(new Expected(expected.gradient(), ones), shares);
        }
      }
    }
  }
}

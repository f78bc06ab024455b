package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import java.util.Arrays;

/** Where the values that a generated loop reads and writes lie at the moment, for one worker. */
final class FusedValues {

  /** Elements that an input which broadcasting repeats is written out for at once. */
  static final int SPREAD = 1024;

  private final FloatScratch uniforms = new FloatScratch();
  private final FloatScratch scratch = new FloatScratch();

  /** The array in which each value is. */
  float[][] array = new float[0][];

  /** Where in its array each value begins. */
  int[] offset = new int[0];

  /**
   * Says whether a loop may write outputs that lie in inputs' arrays: all are of other elements, or
   * of the element for which they are written.
   */
  static boolean mayWriteInPlace(PointwisePlan plan, float[][] x, int[] xo, float[][] y, int[] yo) {
    if (plan.writesInput) {
      return false;
    }
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        boolean apart = x[i] != y[o] || xo[i] + plan.sizes[i] <= yo[o] || yo[o] + plan.n <= xo[i];
        boolean same = plan.spreads[i] == null && xo[i] == yo[o];
        if (!apart && !same) {
          return false;
        }
      }
    }
    return true;
  }

  /** Puts the values that are the same for all elements where the loop finds them. */
  void prepare(PointwisePlan plan, float[] parameters, float[][] x, int[] xo) {
    int count = plan.slots.length;
    if (array.length < count) {
      array = new float[count][];
      offset = new int[count];
    }
    float[] numbers = uniforms.get(count);
    for (int i = 0; i < plan.inputs; i++) {
      Spread spread = plan.spreads[i];
      if (spread != null && spread.isConstant()) {
        uniform(i, x[i][xo[i]], numbers);
      }
    }
    for (int i = 0; i < plan.parameters; i++) {
      uniform(plan.inputs + i, parameters[i], numbers);
    }
    for (int i = 0; i < plan.code.length; i++) {
      if (plan.code[i].op() == PointwiseOp.LITERAL) {
        uniform(plan.inputs + plan.parameters + i, plan.code[i].literal(), numbers);
      }
    }
  }

  private void uniform(int value, float number, float[] numbers) {
    numbers[value] = number;
    array[value] = numbers;
    offset[value] = value;
  }

  /** Goes to n elements from {@code first} on. */
  void at(PointwisePlan plan, int first, int n, float[][] x, int[] xo, float[][] y, int[] yo) {
    for (int i = 0; i < plan.inputs; i++) {
      Spread spread = plan.spreads[i];
      if (spread == null) {
        array[i] = x[i];
        offset[i] = xo[i] + first;
      } else if (!spread.isConstant()) {
        float[] written = scratch.get(plan.inputs * SPREAD);
        array[i] = written;
        offset[i] = i * SPREAD;
        spread.write(x[i], xo[i], first, n, written, offset[i]);
      }
    }
    for (int o = plan.outputs.length - 1; o >= 0; o--) { // of a value's outputs the first
      if (isComputed(plan, plan.outputs[o])) {
        array[plan.outputs[o]] = y[o];
        offset[plan.outputs[o]] = yo[o] + first;
      }
    }
  }

  /** Writes the outputs that the loop does not: what was not computed, and what is there twice. */
  void copyOutputs(PointwisePlan plan, int first, int n, float[][] y, int[] yo) {
    for (int o = 0; o < y.length; o++) {
      int value = plan.outputs[o];
      int to = yo[o] + first;
      if (isUniform(plan, value)) {
        Arrays.fill(y[o], to, to + n, array[value][offset[value]]);
      } else if (array[value] != y[o] || offset[value] != to) {
        System.arraycopy(array[value], offset[value], y[o], to, n);
      }
    }
  }

  private static boolean isUniform(PointwisePlan plan, int value) {
    if (value < plan.inputs) {
      Spread spread = plan.spreads[value];
      return spread != null && spread.isConstant();
    }
    return !isComputed(plan, value);
  }

  private static boolean isComputed(PointwisePlan plan, int value) {
    int first = plan.inputs + plan.parameters;
    return value >= first && plan.code[value - first].op() != PointwiseOp.LITERAL;
  }
}

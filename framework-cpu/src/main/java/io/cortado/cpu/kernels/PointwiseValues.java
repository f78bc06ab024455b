package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.cpu.simd.PointwiseKernel;
import java.util.Arrays;

/** The values of one worker's block: where each lies at the moment. Kept from run to run. */
final class PointwiseValues {

  private final FloatScratch scratch = new FloatScratch();

  /** The array in which each value is. */
  float[][] array = new float[0][];

  /** Where in its array each value begins. */
  int[] offset = new int[0];

  /** Whether each value is one number, the same for all elements. */
  boolean[] constant = new boolean[0];

  private float[] slots = new float[0];
  private int padding;

  /** Puts the values that are the same for all elements into their slots. */
  void prepare(PointwisePlan plan, float[] parameters, float[][] x, int[] xo) {
    int count = plan.slots.length;
    if (array.length < count) {
      array = new float[count][];
      offset = new int[count];
      constant = new boolean[count];
    }
    // Behind the slots there is room for one padded block of each input.
    padding = plan.slotCount * plan.block;
    slots = scratch.get(padding + plan.inputs * plan.block);
    Arrays.fill(constant, 0, count, false);
    for (int i = 0; i < plan.inputs; i++) {
      Spread spread = plan.spreads[i];
      if (spread != null && spread.isConstant()) {
        fill(plan, i, x[i][xo[i]]);
      }
    }
    for (int i = 0; i < plan.parameters; i++) {
      fill(plan, plan.inputs + i, parameters[i]);
    }
    int first = plan.inputs + plan.parameters;
    for (int i = 0; i < plan.code.length; i++) {
      if (plan.code[i].op() == PointwiseOp.LITERAL) {
        fill(plan, first + i, plan.code[i].literal());
      } else {
        toSlot(plan, first + i);
      }
    }
  }

  private void fill(PointwisePlan plan, int value, float number) {
    toSlot(plan, value);
    constant[value] = true;
    int from = offset[value];
    Arrays.fill(slots, from, from + Math.min(plan.block, (plan.n + 63) / 64 * 64), number);
  }

  private void toSlot(PointwisePlan plan, int value) {
    array[value] = slots;
    offset[value] = plan.slots[value] * plan.block;
  }

  /** Makes the inputs' block from element {@code first} on ready to be read. */
  void load(PointwisePlan plan, float[][] x, int[] xo, int first, int n, boolean whole) {
    for (int i = 0; i < plan.inputs; i++) {
      Spread spread = plan.spreads[i];
      if (spread == null && whole) {
        array[i] = x[i];
        offset[i] = xo[i] + first;
      } else if (spread == null) {
        array[i] = slots;
        offset[i] = padding + i * plan.block;
        System.arraycopy(x[i], xo[i] + first, slots, offset[i], n);
        pad(offset[i], n);
      } else if (!constant[i]) {
        toSlot(plan, i);
        spread.write(x[i], xo[i], first, n, slots, offset[i]);
        pad(offset[i], n);
      }
    }
    int results = plan.inputs + plan.parameters;
    for (int output : plan.outputs) {
      if (output >= results && !constant[output]) {
        toSlot(plan, output); // where the block before may have been written elsewhere
      }
    }
  }

  /** Fills up the last vector with zeros, so that nothing odd is computed there. */
  private void pad(int from, int n) {
    int rest = -n & (PointwiseKernel.STEP - 1);
    Arrays.fill(slots, from + n, from + n + rest, 0);
  }

  /** Has the outputs that are computed written where they belong at once. */
  void writeAt(PointwisePlan plan, float[][] y, int[] yo, int first) {
    int results = plan.inputs + plan.parameters;
    for (int o = plan.outputs.length - 1; o >= 0; o--) {
      int value = plan.outputs[o];
      if (value >= results && !constant[value]) {
        array[value] = y[o];
        offset[value] = yo[o] + first;
      }
    }
  }
}

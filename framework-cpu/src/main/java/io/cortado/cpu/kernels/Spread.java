package io.cortado.cpu.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import java.util.Arrays;

/**
 * An input that broadcasting repeats, written out for a stretch of the output.
 *
 * @param run elements of the output along which it is a run or one number
 * @param repeated whether it is one number along a run
 * @param rows where the input's part of each run begins
 */
record Spread(int run, boolean repeated, Strides rows) {

  static Spread of(Shape input, Shape output) {
    BinaryPlan plan = BinaryPlan.of(new BinarySpec(BinaryOp.ADD, input, output, output));
    return new Spread(plan.run(), plan.aRepeated(), plan.a());
  }

  /** Says whether it is one number for the whole output. */
  boolean isConstant() {
    return repeated && rows.count() == 1;
  }

  /** Writes the elements that belong to the output's elements from {@code first} on. */
  void write(float[] x, int xo, int first, int n, float[] y, int yo) {
    int row = first / run;
    int col = first % run;
    for (int i = 0; i < n; row++) {
      int m = Math.min(run - col, n - i);
      int from = xo + rows.offset(row);
      if (repeated) {
        Arrays.fill(y, yo + i, yo + i + m, x[from]);
      } else if (m < 16) { // a call costs more than a few elements
        for (int k = 0; k < m; k++) {
          y[yo + i + k] = x[from + col + k];
        }
      } else {
        System.arraycopy(x, from + col, y, yo + i, m);
      }
      i += m;
      col = 0;
    }
  }
}

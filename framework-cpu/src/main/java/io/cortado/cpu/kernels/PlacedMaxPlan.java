package io.cortado.cpu.kernels;

import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.cpu.simd.WindowGrid;

/**
 * What a pooling over three axes with places works out once.
 *
 * @param spec the pooling
 * @param grids windows of one column that have 1, 2, ... rows: slices take the part of rows, and
 *     rows that of columns
 * @param columns each window's first column, then each one's bound; of random windows those of the
 *     first sample, and each plane has others
 * @param rowsPerBlock rows of the output that make a block of work: all of some slices, if a block
 *     has as many as a slice
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record PlacedMaxPlan(MaxPoolSpec spec, WindowGrid[] grids, int[] columns, int rowsPerBlock) {

  static PlacedMaxPlan of(MaxPoolSpec s) {
    WindowAxis rows = s.rows();
    int most = 1;
    for (int j = 0; j < rows.out(); j++) {
      most = Math.max(most, elements(rows, j, 0));
    }
    int width = s.columns().in();
    int deeper = s.depth().dilation() * rows.in() * width;
    WindowGrid[] grids = new WindowGrid[most];
    for (int n = 1; n <= most; n++) {
      int[] taps = new int[n];
      for (int r = 0; r < n; r++) {
        taps[r] = r * rows.dilation() * width;
      }
      grids[n - 1] = new WindowGrid(deeper, 1, taps, deeper, taps, 1);
    }
    int[] columns = new int[2 * s.columns().out()];
    columns(s.columns(), 0, columns);
    return new PlacedMaxPlan(s, grids, columns, rowsPerBlock(s));
  }

  private static int rowsPerBlock(MaxPoolSpec s) {
    int outputs = s.depth().out() * s.rows().out();
    int perBlock = Blocks.rows(s.inputPlane() / outputs + s.columns().out(), 2 * Blocks.HEAVY);
    int slice = s.rows().out();
    return perBlock < slice ? perBlock : perBlock / slice * slice;
  }

  /** Returns how many elements window i has inside the axis. */
  static int elements(WindowAxis axis, int i, float sample) {
    return Extents.ceilDiv(axis.end(i, sample) - axis.first(i, sample), axis.dilation());
  }

  /** Writes each window's first place, then each one's bound. */
  static void columns(WindowAxis axis, float sample, int[] columns) {
    for (int k = 0; k < axis.out(); k++) {
      columns[k] = axis.first(k, sample);
      columns[axis.out() + k] = axis.end(k, sample);
    }
  }

  boolean hasRandomColumns() {
    return spec.columns().kind() == WindowAxis.Kind.RANDOM;
  }
}

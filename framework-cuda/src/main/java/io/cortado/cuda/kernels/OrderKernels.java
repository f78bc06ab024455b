package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.cuda.Scratch;

/**
 * Sorts, and running sums and products, along an axis.
 *
 * <p>In short lines each element counts those before it, in one launch. Long ones are sorted by the
 * digits of the numbers and then by those of the lines.
 */
public final class OrderKernels extends Family {

  /** Up to here counting is less work than the passes over eight digits. */
  private static final int SHORT = 512;

  /** From here on a line of neighbours is worth a block. */
  private static final int LONG = 64;

  private final RadixSort radix;

  /** Makes the family of a device. */
  public OrderKernels(Kernels kernels) {
    super(kernels, "order.cu");
    radix = new RadixSort(kernels);
  }

  /** See {@link io.cortado.backend.OrderOps#sort}. */
  public void sort(SortSpec s, Buffer x, Buffer values, Buffer indices) {
    AxisSpec axis = s.axis();
    if (s.outputSize() == 0) {
      return;
    }
    if (axis.extent() <= SHORT) {
      each(
          "sort_by_rank",
          axis.size(),
          axis.size(),
          axis.extent(),
          axis.inner(),
          s.k(),
          s.descending(),
          x,
          values,
          indices);
      return;
    }
    if (axis.size() > Integer.MAX_VALUE) {
      throw new BackendException(
          "sort: %d elements are more than can be sorted at a time (%d): split them"
              .formatted(axis.size(), Integer.MAX_VALUE));
    }
    int n = (int) axis.size();
    int extent = axis.extent();
    try (Scratch scratch = kernels().context.memory().scratch(4 * RadixSort.scratchSize(n))) {
      RadixSort.Keys k = new RadixSort.Keys(scratch, n);
      each("sort_keys", n, n, extent, axis.inner(), s.descending(), x, k.keys(), k.places());
      radix.sort(k, Integer.SIZE);
      if (n > extent) {
        each("sort_lines", n, n, extent, k.places(), k.keys());
        radix.sort(k, RadixSort.bits(n / extent - 1));
      }
      each("sort_write", n, n, extent, axis.inner(), s.k(), k.places(), x, values, indices);
    }
  }

  /** See {@link io.cortado.backend.OrderOps#scan}. */
  public void scan(ScanSpec s, Buffer x, float beta, Buffer y) {
    AxisSpec axis = s.axis();
    long lines = axis.outer() * axis.inner();
    if (axis.size() == 0) {
      return;
    }
    int[] struct = {
      s.op() == ScanSpec.Op.PRODUCT ? 1 : 0,
      s.reverse() ? 1 : 0,
      s.exclusive() ? 1 : 0,
      axis.extent()
    };
    if (axis.inner() == 1 && axis.extent() >= LONG) {
      launch("scan_by_blocks", (int) Math.min(lines, MAX_BLOCKS), struct, lines, x, beta, y);
    } else {
      each("scan_by_threads", lines, struct, lines, axis.inner(), x, beta, y);
    }
  }
}

package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaErrors;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/**
 * Elements by their numbers along an axis, and sums of what comes to one place.
 *
 * <p>Sums sort the indices, stably, and add what lies together: three launches for each digit of
 * the places' number and three more, whose work grows with the indices and not with the tensor
 * (which is cleared once where nothing is added to it).
 */
public final class IndexKernels extends Family {

  /** Sorted indices that a thread sums; as in the kernels' file. */
  private static final int RUN = 32;

  private final RadixSort radix;

  /** Makes the family of a device. */
  public IndexKernels(Kernels kernels) {
    super(kernels, "index.cu");
    radix = new RadixSort(kernels);
  }

  /** See {@link io.cortado.backend.IndexOps#findOutside}. */
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    each("find_outside", count, indices, count, extent, operation, found);
  }

  /** See {@link io.cortado.backend.IndexOps#gather}; an index outside gives NaN. */
  public void gather(IndexSpec s, Buffer indices, Buffer x, float beta, Buffer y) {
    long n = s.picked();
    each("gather", n, indices, x, beta, y, n, s.extent(), s.count(), s.inner(), s.shared());
  }

  /** See {@link io.cortado.backend.IndexOps#scatterAdd}; an index outside gives nothing. */
  public void scatterAdd(IndexSpec s, Buffer indices, Buffer src, float beta, Buffer y) {
    long places = s.shared() ? s.extent() : s.size();
    if (places >= Integer.MAX_VALUE || s.indices() > Integer.MAX_VALUE) {
      throw new BackendException(
          "%s: %d indices into %d places are more than can be sorted at a time (%d): split them"
              .formatted(s.operation(), s.indices(), places, Integer.MAX_VALUE));
    }
    int n = (int) s.indices();
    int none = (int) places;
    Columns columns =
        s.shared()
            ? new Columns(s.count(), s.extent(), s.inner(), s.outer() * s.inner())
            : new Columns(n, places, 1, 1);
    scatter(
        columns,
        s.size(),
        n,
        none,
        beta,
        src,
        y,
        (keys, placesOf) ->
            each(
                "index_keys",
                n,
                indices,
                keys,
                placesOf,
                n,
                s.extent(),
                s.count(),
                s.inner(),
                s.shared(),
                none));
  }

  /**
   * What is summed: {@code [outer, count, inner]} elements that go to {@code [outer, extent,
   * inner]}, outer and inner places being the columns.
   */
  record Columns(long count, long extent, long inner, long columns) {}

  /** Writes the key of each index, and its number. */
  interface KeyWriter {
    void write(CUdeviceptr keys, CUdeviceptr places);
  }

  /**
   * Sorts keys and adds up what has equal ones.
   *
   * @param size elements of y
   * @param n how many keys
   * @param none the key of what goes nowhere, larger than all others
   */
  void scatter(
      Columns c, long size, int n, int none, float beta, Buffer src, Buffer y, KeyWriter writer) {
    if (beta == 0 && size > 0) {
      CudaErrors.check(
          JCudaDriver.cuMemsetD32Async(
              CudaBuffer.of(y).pointer(), 0, size, kernels().context.stream()),
          "cuMemsetD32Async",
          c);
    }
    if (n == 0 || c.columns() == 0) {
      return;
    }
    int runs = Math.ceilDiv(n, RUN);
    long ints = RadixSort.scratchSize(n);
    long floats = runs * c.columns();
    long[] layout = {c.count(), c.extent(), c.inner(), c.columns()};
    try (Scratch scratch = kernels().context.memory().scratch(4 * (ints + floats))) {
      RadixSort.Keys k = new RadixSort.Keys(scratch, n);
      CUdeviceptr carries = RadixSort.at(scratch, ints);
      writer.write(k.keys(), k.places());
      radix.sort(k, RadixSort.bits(none));
      each("scatter_carries", floats, k.keys(), k.places(), src, carries, n, runs, layout, none);
      each(
          "scatter_sums",
          n * c.columns(),
          k.keys(),
          k.places(),
          src,
          carries,
          beta,
          y,
          n,
          layout,
          none);
    }
  }
}

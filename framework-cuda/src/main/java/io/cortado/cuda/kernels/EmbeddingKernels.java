package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaErrors;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/**
 * Rows of a table by their numbers, and the table's gradient.
 *
 * <p>The gradient sorts the indices by digits of four bits, stably, and sums what lies together:
 * three launches for each digit of the table's extent and three more, whose work grows with the
 * indices and not with the table (which is cleared once where nothing is added to it).
 */
public final class EmbeddingKernels extends Family {

  private static final int DIGIT_BITS = 4;
  private static final int DIGITS = 1 << DIGIT_BITS;

  /** Indices that a block sorts, and that a thread sums; as in the kernels' file. */
  private static final int SORTED = BLOCK * 16;

  private static final int RUN = 32;

  /** Makes the family of a device. */
  public EmbeddingKernels(Kernels kernels) {
    super(kernels, "embedding.cu");
  }

  /** See {@link io.cortado.backend.Backend#embedding}; an index outside gives NaN. */
  public void embedding(EmbeddingSpec s, Buffer indices, Buffer table, Buffer y) {
    long n = s.outputSize();
    each("embedding_rows", n, indices, table, y, n, s.width(), s.rows());
  }

  /** See {@link io.cortado.backend.Backend#embeddingBackward}; an index outside gives nothing. */
  public void embeddingBackward(
      EmbeddingSpec s, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    if (beta == 0 && s.tableSize() > 0) {
      CudaErrors.check(
          JCudaDriver.cuMemsetD32Async(
              CudaBuffer.of(dTable).pointer(), 0, s.tableSize(), kernels().context.stream()),
          "cuMemsetD32Async",
          s);
    }
    if (s.outputSize() == 0) {
      return;
    }
    int n = s.count();
    int tiles = Math.ceilDiv(n, SORTED);
    int runs = Math.ceilDiv(n, RUN);
    long ints = 4L * n + (long) DIGITS * tiles;
    long floats = (long) runs * s.width();
    try (Scratch scratch = kernels().context.memory().scratch(4 * (ints + floats))) {
      CUdeviceptr[] keys = {at(scratch, 0), at(scratch, n)};
      CUdeviceptr[] places = {at(scratch, 2L * n), at(scratch, 3L * n)};
      CUdeviceptr counts = at(scratch, 4L * n);
      CUdeviceptr carries = at(scratch, ints);
      each("embedding_keys", n, indices, keys[0], places[0], n, s.rows(), s.paddingIndex());
      int now = 0;
      // The largest key is the number of rows: what gives no gradient.
      for (int shift = 0; shift < Integer.SIZE && s.rows() >> shift != 0; shift += DIGIT_BITS) {
        launch("radix_count", tiles, keys[now], n, shift, counts);
        launch("radix_scan", 1, counts, DIGITS * tiles);
        launch(
            "radix_scatter",
            tiles,
            keys[now],
            places[now],
            n,
            shift,
            counts,
            keys[1 - now],
            places[1 - now]);
        now = 1 - now;
      }
      each(
          "embedding_carries",
          floats,
          keys[now],
          places[now],
          dy,
          carries,
          n,
          runs,
          s.width(),
          s.rows());
      each(
          "embedding_gradient",
          s.outputSize(),
          keys[now],
          places[now],
          dy,
          carries,
          beta,
          dTable,
          n,
          s.width(),
          s.rows());
    }
  }

  private static CUdeviceptr at(Scratch scratch, long element) {
    return scratch.pointer().withByteOffset(4 * element);
  }
}

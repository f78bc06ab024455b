package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.EmbeddingSpec;
import org.jspecify.annotations.Nullable;

/** Rows of a table by their numbers, and the table's gradient. */
public final class EmbeddingKernels extends Family {

  private final IndexKernels sums;

  /**
   * Makes the family of a device.
   *
   * @param sums adds up what belongs to one row
   */
  public EmbeddingKernels(Kernels kernels, IndexKernels sums) {
    super(kernels, "embedding.cu");
    this.sums = sums;
  }

  /** See {@link io.cortado.backend.Backend#embedding}; an index outside gives NaN. */
  public void embedding(EmbeddingSpec s, Buffer indices, Buffer table, Buffer y) {
    long n = s.outputSize();
    each("embedding_rows", n, indices, table, y, n, s.width(), s.rows());
  }

  /** See {@link io.cortado.backend.Backend#embeddingStore}; an index outside changes nothing. */
  public void embeddingStore(EmbeddingSpec s, Buffer indices, @Nullable Buffer y, Buffer table) {
    long n = s.outputSize();
    each("embedding_store", n, indices, y, table, n, s.width(), s.rows());
  }

  /** See {@link io.cortado.backend.Backend#embeddingBackward}; an index outside gives nothing. */
  public void embeddingBackward(
      EmbeddingSpec s, Buffer indices, Buffer dy, float beta, Buffer dTable) {
    int n = s.count();
    sums.scatter(
        new IndexKernels.Columns(n, s.rows(), s.width(), s.width()),
        s.tableSize(),
        n,
        s.rows(),
        beta,
        dy,
        dTable,
        (keys, places) ->
            each("embedding_keys", n, indices, keys, places, n, s.rows(), s.paddingIndex()));
  }
}

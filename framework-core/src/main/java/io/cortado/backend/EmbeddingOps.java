package io.cortado.backend;

import io.cortado.backend.spec.EmbeddingSpec;
import org.jspecify.annotations.Nullable;

/** Rows of tables by their numbers. */
public interface EmbeddingOps {

  /**
   * Copies the rows of a table that the indices name.
   *
   * <p>An index outside of the table is an {@link IllegalArgumentException} that names it where the
   * backend's memory is the host's, and a row of NaN where it is not: never a row of something
   * else.
   *
   * @param indices int32
   * @param table {@code [rows, width]}
   * @param y {@code [count, width]}
   */
  void embedding(EmbeddingSpec spec, Buffer indices, Buffer table, Buffer y);

  /**
   * Adds up, for each row of the table, the gradients of where it was looked up: {@code dTable =
   * ... + beta * dTable}.
   *
   * <p>The sums' order depends on the indices alone. The padding row gets nothing; nor does an
   * index outside of the table give anything to any row, where it is not refused.
   */
  void embeddingBackward(EmbeddingSpec spec, Buffer indices, Buffer dy, float beta, Buffer dTable);

  /**
   * Overwrites rows of a table: {@code table[indices[i], :] = y[i, :]}, or 0 where there is no y.
   *
   * <p>A row may be named more than once if all its y are the same. The padding row is a row like
   * others. An index outside of the table changes nothing, where it is not refused.
   *
   * @param y {@code [count, width]}; null for zeros
   * @param table {@code [rows, width]}
   */
  void embeddingStore(EmbeddingSpec spec, Buffer indices, @Nullable Buffer y, Buffer table);
}

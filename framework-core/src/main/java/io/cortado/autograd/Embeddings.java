package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.EmbeddingSpec;
import java.util.Arrays;

/** Rows of tables by their numbers. */
public final class Embeddings {

  /** Stands for a table without a padding row. */
  public static final int NO_PADDING = -1;

  private Embeddings() {}

  /**
   * Looks up the rows that the indices name: {@code y[..., :] = table[indices[...], :]}.
   *
   * <p>Indices are refused here if they came from the host and one is outside of the table, and by
   * a CPU when it runs; on a GPU, whose memory is not looked at, the rows of such indices are NaN
   * and give no gradient.
   *
   * @param indices int32, of any shape
   * @param table {@code [rows, width]}
   * @param paddingIndex the row that gets no gradient, or {@link #NO_PADDING}
   * @return {@code [indices' shape..., width]}
   * @throws IllegalArgumentException if the table is no matrix, or an index or the padding is known
   *     to be outside of it
   */
  public static Tensor embedding(Tensor indices, Tensor table, int paddingIndex) {
    Step step = Checks.step("embedding", table);
    Checks.sameDevice("embedding", table, indices);
    Checks.ints("embedding", indices);
    Checks.floats("embedding", table);
    Shape t = table.shape();
    if (t.rank() != 2) {
      throw new IllegalArgumentException(
          "embedding: the table has shape " + t + ", [rows, width] is needed");
    }
    if (paddingIndex < NO_PADDING || paddingIndex >= t.dim(0)) {
      throw new IllegalArgumentException(
          "embedding: padding index "
              + paddingIndex
              + " is not in 0 to "
              + (t.dim(0) - 1)
              + ", the rows of table "
              + t);
    }
    Checks.within("embedding", indices, t.dim(0), "the rows of table", t);
    EmbeddingSpec spec =
        new EmbeddingSpec(t.dim(0), t.dim(1), Math.toIntExact(indices.size()), paddingIndex);
    Tensor y = step.empty(append(indices.shape(), t.dim(1)));
    Backend backend = table.device().backend();
    backend.embedding(spec, indices.buffer(), table.buffer(), y.buffer());
    return step.records(table)
        ? step.record(
            "embedding",
            y,
            g ->
                backend.embeddingBackward(
                    spec, indices.buffer(), g.upstream(), g.beta(table), g.of(table)))
        : y;
  }

  private static Shape append(Shape shape, int extent) {
    int[] dims = Arrays.copyOf(shape.toArray(), shape.rank() + 1);
    dims[shape.rank()] = extent;
    return Shape.of(dims);
  }
}

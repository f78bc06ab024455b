package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.Arrays;

/** Rows of tables by their numbers. */
public final class Embeddings {

  /** Stands for a table without a padding row. */
  public static final int NO_PADDING = -1;

  /** What one of a row's indices adds to its factor; 0 where the norm is not above the limit. */
  private static final Pointwise SHARE =
      Pointwise.of(
          "renormalize",
          3,
          in -> {
            Expr norm = in.get(0);
            Expr limit = in.get(1);
            return norm.gt(limit).where(limit.div(norm.add(1e-7f)).div(in.get(2)), Expr.of(0));
          });

  private static final Pointwise SCALED =
      Pointwise.of("renormalize", (named, sum) -> named.where(sum, Expr.of(1)));

  private Embeddings() {}

  /**
   * Looks up the rows that the indices name: {@code y[..., :] = table[indices[...], :]}.
   *
   * <p>Indices are refused here if they came from the host and one is outside of the table, and by
   * a CPU when it runs; on a GPU, whose memory is not looked at, the rows of such indices are NaN
   * and give no gradient, and the end of the step throws the exception.
   *
   * @param indices int32, of any shape
   * @param table {@code [rows, width]}
   * @param paddingIndex the row that gets no gradient, or {@link #NO_PADDING}
   * @return {@code [indices' shape..., width]}
   * @throws IllegalArgumentException if the table is no matrix, or an index or the padding is known
   *     to be outside of it
   */
  public static Tensor embedding(Tensor indices, Tensor table, int paddingIndex) {
    return embedding(indices, table, paddingIndex, false);
  }

  /**
   * Looks up the rows that the indices name, as {@link #embedding(Tensor, Tensor, int)}.
   *
   * @param scaleGradByFreq whether each row's gradient is divided by how often it is named
   */
  public static Tensor embedding(
      Tensor indices, Tensor table, int paddingIndex, boolean scaleGradByFreq) {
    return embedding(indices, table, paddingIndex, scaleGradByFreq, false);
  }

  /**
   * Looks up the rows that the indices name, as {@link #embedding(Tensor, Tensor, int)}.
   *
   * @param scaleGradByFreq whether each row's gradient is divided by how often it is named
   * @param sparse whether to list the rows that get a gradient, for optimizers that change no
   *     others; see {@link io.cortado.GradientRows}
   */
  public static Tensor embedding(
      Tensor indices, Tensor table, int paddingIndex, boolean scaleGradByFreq, boolean sparse) {
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
            g -> {
              if (scaleGradByFreq) {
                divideByFrequencies(step, spec, indices, g.upstream());
              }
              backend.embeddingBackward(
                  spec,
                  indices.buffer(),
                  g.upstream(),
                  sparse ? g.betaOfRows(table) : g.beta(table),
                  sparse ? g.ofRows(table, indices) : g.of(table));
            })
        : y;
  }

  /** Divides each looked up row by how often its number is among the indices. */
  private static void divideByFrequencies(
      Step step, EmbeddingSpec spec, Tensor indices, Buffer rows) {
    Tensor often = step.withoutRecording(() -> frequencies(indices, spec.rows()));
    Shape all = Shape.of(spec.count(), spec.width());
    BinarySpec div = new BinarySpec(BinaryOp.DIV, all, Shape.of(spec.count(), 1), all);
    step.device().backend().binary(div, rows, often.buffer(), 0, rows);
  }

  /** Returns for each index how often it is among them. */
  private static Tensor frequencies(Tensor indices, int rows) {
    Step step = Checks.step("embedding", indices);
    int n = Math.toIntExact(indices.size());
    Tensor flat = Shaping.reshape(indices, n);
    return Indexing.indexSelect(
        Indexing.indexAdd(step.zeros(rows), 0, flat, step.ones(n)), 0, flat);
  }

  /**
   * Scales the rows that the indices name, in place, where their norm is above a limit: {@code row
   * *= maxNorm / (norm + 1e-7)}.
   *
   * <p>No other row is changed, and no gradient flows. A backward pass that reads the table as it
   * was before is an {@link IllegalStateException}.
   *
   * @param normType the order of the norm
   * @throws IllegalArgumentException if an index is known to be outside of the table
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html">
   *     torch.nn.functional.embedding</a>
   */
  public static void renormalize(Tensor indices, Tensor table, float maxNorm, float normType) {
    Step step = Checks.step("embedding", table);
    Tensor factors =
        step.withoutRecording(() -> {
          int rows = table.dim(0);
          int n = Math.toIntExact(indices.size());
          Tensor flat = Shaping.reshape(indices, n);
          Tensor norms = embedding(flat, table, NO_PADDING).norm(normType, new int[] {1}, false);
          Tensor limit = step.full(maxNorm);
          Tensor part = SHARE.apply(norms, limit, frequencies(flat, rows));
          Tensor none = step.zeros(rows);
          Tensor sums = Indexing.indexAdd(none, 0, flat, part);
          // By the sum, and not by 1 plus a difference, which would lose digits of small ones.
          return SCALED.apply(Indexing.indexAdd(none, 0, flat, norms.gt(limit)), sums);
        });
    Shape t = table.shape();
    BinarySpec mul = new BinarySpec(BinaryOp.MUL, t, Shape.of(t.dim(0), 1), t);
    Backend backend = table.device().backend();
    backend.binary(mul, table.buffer(), factors.buffer(), 0, table.buffer());
    table.markOverwritten();
  }

  private static Shape append(Shape shape, int extent) {
    int[] dims = Arrays.copyOf(shape.toArray(), shape.rank() + 1);
    dims[shape.rank()] = extent;
    return Shape.of(dims);
  }
}

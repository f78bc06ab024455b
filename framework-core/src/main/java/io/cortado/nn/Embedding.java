package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;

/**
 * A table of vectors, looked up by number.
 *
 * <p>Input int32 of any shape, output {@code [..., width]}. The weight is {@code [count, width]},
 * at first normal with deviation 1, and 0 in the padding row, which is not trained.
 *
 * <p>The gradient of a row that no index names is 0, so that SGD without momentum and weight decay
 * leaves such rows as they are, to the bit.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html">torch.nn.Embedding</a>
 */
public final class Embedding extends Layer {

  private final EmbeddingTable table;

  /**
   * Makes a layer.
   *
   * @param count rows of the table
   * @param width elements of a row
   * @throws IllegalArgumentException if there are none
   */
  public Embedding(int count, int width) {
    EmbeddingTable.check("embedding", count, width);
    table =
        new EmbeddingTable(
            "embedding", parameter("weight", Shape.of(count, width), Initializers.normal(0, 1)));
  }

  /**
   * Sets the row that stands for nothing: it starts as 0 and gets no gradient.
   *
   * @param index a row; negative counts from the end
   * @throws IllegalArgumentException if there is no such row
   */
  public Embedding paddingIdx(int index) {
    table.paddingIdx(index);
    return this;
  }

  /**
   * Sets how long rows may be: each call shortens the rows that it names, in the table itself.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public Embedding maxNorm(double limit) {
    table.maxNorm(limit);
    return this;
  }

  /** Sets the order of the norm that {@link #maxNorm} limits; at first 2. */
  public Embedding normType(double p) {
    table.normType(p);
    return this;
  }

  /** Divides each row's gradient by how often it is named in the call; at first not. */
  public Embedding scaleGradByFreq(boolean scaled) {
    table.scaleGradByFreq(scaled);
    return this;
  }

  /** Sets how the weight starts, the padding row included. */
  public Embedding weightInit(Initializer initializer) {
    table.weight().initializer(initializer);
    return this;
  }

  /**
   * Makes the gradient one of the rows alone that a step names, at first not: the backward pass
   * does not clear the table, and {@link io.cortado.optim.SGD} without momentum, {@link
   * io.cortado.optim.Adagrad} and {@link io.cortado.optim.SparseAdam} pass over no other rows.
   * Other optimizers refuse it. A step with such a gradient can't be recorded; where the table is
   * tied to another layer's weight, or computed of others, the gradient is one of all rows.
   */
  public Embedding sparse(boolean listed) {
    table.sparse(listed);
    return this;
  }

  /** Returns the table, {@code [count, width]}. */
  public Parameter weight() {
    return table.weight();
  }

  @Override
  public Tensor forward(Tensor indices) {
    return table.rows(indices);
  }

  @Override
  public String toString() {
    return "Embedding(" + table + ")";
  }
}

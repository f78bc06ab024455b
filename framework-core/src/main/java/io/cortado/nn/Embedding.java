package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Embeddings;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import java.util.Arrays;

/**
 * A table of vectors, looked up by number.
 *
 * <p>Input int32 of any shape, output {@code [..., width]}. The weight is {@code [count, width]},
 * at first normal with deviation 1, and 0 in the padding row, which is not trained.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html">torch.nn.Embedding</a>
 */
public final class Embedding extends Layer {

  private final int count;
  private final int width;
  private final Parameter weight;
  private int padding = Embeddings.NO_PADDING;

  /**
   * Makes a layer.
   *
   * @param count rows of the table
   * @param width elements of a row
   * @throws IllegalArgumentException if there are none
   */
  public Embedding(int count, int width) {
    if (count < 1 || width < 1) {
      throw new IllegalArgumentException(
          "embedding: " + count + " rows of " + width + "; both have to be at least 1");
    }
    this.count = count;
    this.width = width;
    weight = parameter("weight", Shape.of(count, width), Initializers.normal(0, 1));
  }

  /**
   * Sets the row that stands for nothing: it starts as 0 and gets no gradient.
   *
   * @param index a row; negative counts from the end
   * @throws IllegalArgumentException if there is no such row
   */
  public Embedding paddingIdx(int index) {
    if (index < -count || index >= count) {
      throw new IllegalArgumentException(
          "embedding: padding index " + index + " of a table of " + count + " rows");
    }
    int row = index < 0 ? index + count : index;
    padding = row;
    weight.initializer(withPadding(Initializers.normal(0, 1), row, width));
    return this;
  }

  private static Initializer withPadding(Initializer others, int row, int width) {
    return (values, shape, random) -> {
      others.fill(values, shape, random);
      Arrays.fill(values, row * width, (row + 1) * width, 0f);
    };
  }

  /** Sets how the weight starts, the padding row included. */
  public Embedding weightInit(Initializer initializer) {
    weight.initializer(initializer);
    return this;
  }

  /** Returns the table, {@code [count, width]}. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor indices) {
    return Embeddings.embedding(indices, weight.value(), padding);
  }

  @Override
  public String toString() {
    return "Embedding("
        + count
        + ", "
        + width
        + (padding == Embeddings.NO_PADDING ? ")" : ", padding_idx=" + padding + ")");
  }
}

package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Embeddings;
import io.cortado.nn.init.Initializer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The table of {@link Embedding} and {@link EmbeddingBag}, with what both can be told of it. */
final class EmbeddingTable {

  private final String layer;
  private final int count;
  private final int width;
  private final Parameter weight;
  private int padding = Embeddings.NO_PADDING;
  private @Nullable Double maxNorm;
  private double normType = 2;
  private boolean scaleGradByFreq;
  private boolean sparse;

  EmbeddingTable(String layer, Parameter weight) {
    this.layer = layer;
    this.weight = weight;
    count = weight.shape().dim(0);
    width = weight.shape().dim(1);
  }

  static void check(String layer, int count, int width) {
    if (count < 1 || width < 1) {
      throw new IllegalArgumentException(
          layer + ": " + count + " rows of " + width + "; both have to be at least 1");
    }
  }

  void paddingIdx(int index) {
    if (index < -count || index >= count) {
      throw new IllegalArgumentException(
          layer + ": padding index " + index + " of a table of " + count + " rows");
    }
    padding = index < 0 ? index + count : index;
    weight.initializer(withPadding(weight.initializer(), padding, width));
  }

  private static Initializer withPadding(Initializer others, int row, int width) {
    return (values, shape, random) -> {
      others.fill(values, shape, random);
      Arrays.fill(values, row * width, (row + 1) * width, 0f);
    };
  }

  void maxNorm(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException(
          layer + ": max_norm " + limit + " has to be above 0, or no row would be left");
    }
    maxNorm = limit;
  }

  void normType(double p) {
    normType = p;
  }

  void scaleGradByFreq(boolean scaled) {
    scaleGradByFreq = scaled;
  }

  boolean scaleGradByFreq() {
    return scaleGradByFreq;
  }

  void sparse(boolean listed) {
    sparse = listed;
  }

  Parameter weight() {
    return weight;
  }

  int count() {
    return count;
  }

  int width() {
    return width;
  }

  /** Returns the row that stands for nothing, or {@link Embeddings#NO_PADDING}. */
  int padding() {
    return padding;
  }

  /** Looks rows up, after having shortened those that are too long. */
  Tensor rows(Tensor indices) {
    Tensor table = weight.value();
    if (maxNorm != null) {
      Embeddings.renormalize(indices, table, maxNorm.floatValue(), (float) normType);
    }
    return Embeddings.embedding(indices, table, padding, scaleGradByFreq, sparse);
  }

  @Override
  public String toString() {
    return count
        + ", "
        + width
        + (padding == Embeddings.NO_PADDING ? "" : ", padding_idx=" + padding)
        + (maxNorm == null ? "" : ", max_norm=" + maxNorm)
        + (sparse ? ", sparse" : "");
  }
}

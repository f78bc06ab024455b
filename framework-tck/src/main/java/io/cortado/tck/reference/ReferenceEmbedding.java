package io.cortado.tck.reference;

import io.cortado.backend.spec.EmbeddingSpec;

/** Rows of a table by their numbers. */
public final class ReferenceEmbedding {

  private ReferenceEmbedding() {}

  private static int checked(EmbeddingSpec s, int index) {
    if (index < 0 || index >= s.rows()) {
      throw new IllegalArgumentException(
          "embedding: index " + index + " is not a row of a table of " + s.rows());
    }
    return index;
  }

  /** Returns the rows. */
  public static double[] forward(EmbeddingSpec s, int[] indices, double[] table) {
    double[] y = new double[indices.length * s.width()];
    for (int i = 0; i < indices.length; i++) {
      int row = checked(s, indices[i]);
      for (int j = 0; j < s.width(); j++) {
        y[i * s.width() + j] = table[row * s.width() + j];
      }
    }
    return y;
  }

  /** Returns the table with some of its rows overwritten. */
  public static double[] store(EmbeddingSpec s, int[] indices, double[] y, double[] table) {
    double[] stored = table.clone();
    for (int i = 0; i < indices.length; i++) {
      int row = checked(s, indices[i]);
      for (int j = 0; j < s.width(); j++) {
        stored[row * s.width() + j] = y[i * s.width() + j];
      }
    }
    return stored;
  }

  /** Returns the table's gradient. */
  public static double[] backward(EmbeddingSpec s, int[] indices, double[] dy) {
    double[] dTable = new double[s.rows() * s.width()];
    for (int i = 0; i < indices.length; i++) {
      int row = checked(s, indices[i]);
      for (int j = 0; row != s.paddingIndex() && j < s.width(); j++) {
        dTable[row * s.width() + j] += dy[i * s.width() + j];
      }
    }
    return dTable;
  }
}

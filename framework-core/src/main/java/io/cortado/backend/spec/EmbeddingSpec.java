package io.cortado.backend.spec;

/**
 * A look-up of rows in a table.
 *
 * @param rows rows of the table
 * @param width elements of a row
 * @param count indices
 * @param paddingIndex the row that gets no gradient; -1 for none
 */
public record EmbeddingSpec(int rows, int width, int count, int paddingIndex) {

  /** Returns the number of elements of the table. */
  public long tableSize() {
    return (long) rows * width;
  }

  /** Returns the number of elements that are looked up. */
  public long outputSize() {
    return (long) count * width;
  }
}

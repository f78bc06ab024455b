package io.cortado.benchmarks.roofline;

/** Where the numbers of a kernel lie. */
public enum Place {
  /** A batch of 128 rows of 512: 256 KiB an array, the size of a layer's activations. */
  CACHE("in the second cache", 128, 512),
  /** 32 MiB an array, more than the last cache holds of any two. */
  MEMORY("in memory", 8192, 1024);

  private final String title;
  private final int rows;
  private final int cols;

  Place(String title, int rows, int cols) {
    this.title = title;
    this.rows = rows;
    this.cols = cols;
  }

  /** Returns the place in words. */
  public String title() {
    return title;
  }

  int rows() {
    return rows;
  }

  int cols() {
    return cols;
  }
}

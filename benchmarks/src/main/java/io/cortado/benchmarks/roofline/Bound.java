package io.cortado.benchmarks.roofline;

/** What a kernel cannot be faster than, each a loop in {@link Limits}. */
public enum Bound {
  /** Reads one array. */
  READ("read", 1, 0, 1),
  /** STREAM's copy: {@code y = x}. */
  COPY("copy", 1, 1, 2),
  /** STREAM's triad: {@code z = x + a y}. */
  TRIAD("triad", 2, 1, 3),
  /** The triad in place, {@code y = y + a x}, whose output is in a cache already. */
  UPDATE("update", 2, 1, 2),
  /** Fused multiply-adds on registers alone. */
  FMA("FMA peak", 0, 0, 0);

  private final String title;
  private final int reads;
  private final int writes;
  private final int arrays;

  Bound(String title, int reads, int writes, int arrays) {
    this.title = title;
    this.reads = reads;
    this.writes = writes;
    this.arrays = arrays;
  }

  /** Returns the name that tables have. */
  public String title() {
    return title;
  }

  /** Returns how many distinct arrays the loop walks. */
  int arrays() {
    return arrays;
  }

  /** Returns the floats that are read and written for each element, as STREAM counts. */
  int words() {
    return reads + writes;
  }
}

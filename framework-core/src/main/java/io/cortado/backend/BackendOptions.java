package io.cortado.backend;

/**
 * What a backend is opened with.
 *
 * @param threads how many worker threads the backend may use for one operation; 0 lets it choose.
 *     Results never depend on it. Backends without worker threads ignore it.
 * @param ordinal which of several devices of the kind to open, from 0
 * @param precision how exactly products and convolutions are computed
 */
public record BackendOptions(int threads, int ordinal, MathPrecision precision) {

  /** The backend's own choice in everything. */
  public static final BackendOptions DEFAULTS = new BackendOptions(0, 0, MathPrecision.FLOAT32);

  /** Checks the values. */
  public BackendOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads is " + threads + ": give 0 (automatic) or more");
    }
    if (ordinal < 0) {
      throw new IllegalArgumentException("device ordinal is " + ordinal + ": give 0 or more");
    }
  }

  /** Makes options with the default precision, {@link MathPrecision#FLOAT32}. */
  public BackendOptions(int threads, int ordinal) {
    this(threads, ordinal, MathPrecision.FLOAT32);
  }

  /** Returns these options with another number of threads. */
  public BackendOptions withThreads(int n) {
    return new BackendOptions(n, ordinal, precision);
  }

  /** Returns these options with another precision. */
  public BackendOptions withPrecision(MathPrecision p) {
    return new BackendOptions(threads, ordinal, p);
  }
}

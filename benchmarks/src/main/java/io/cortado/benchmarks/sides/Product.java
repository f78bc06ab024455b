package io.cortado.benchmarks.sides;

/** A matrix product with its operands. */
public interface Product extends AutoCloseable {

  /** Computes it, over the last result. */
  void multiply();

  /** Returns the result, row-major. */
  float[] result();

  @Override
  void close();
}

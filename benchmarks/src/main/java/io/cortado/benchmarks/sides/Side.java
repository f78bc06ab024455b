package io.cortado.benchmarks.sides;

/**
 * A framework or library as a side of the comparison, in a process of its own.
 *
 * <p>What a side cannot do it refuses by an {@link UnsupportedOperationException} that says why;
 * the table then has a dash there, and the run goes on.
 */
public interface Side {

  /** Returns the versions of what is measured. */
  String version();

  /** Returns how many steps take the same arithmetic as plain SGD with momentum; at least 1. */
  default int comparableSteps() {
    return SideProcess.LOSSES;
  }

  /** Makes a network with the given weights, ready for its first step. */
  default Training train(Workload workload, Material material, int threads) {
    throw new UnsupportedOperationException("trains nothing");
  }

  /** Makes the operands of a matrix product, A and B from the arrays. */
  default Product multiply(GemmShape shape, float[] a, float[] b, int threads) {
    throw new UnsupportedOperationException("has no matrix product of its own");
  }
}

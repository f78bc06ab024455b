package org.nd4j.nativeblas;

/**
 * Lets DL4J find its own oneDNN.
 *
 * <p>DL4J M2.1's oneDNN helpers ask by reflection for this class, which the release had moved to
 * another package; not finding it, every convolution of a {@code MultiLayerNetwork} goes through
 * im2col, at a seventh of the speed. With this class in the old place DL4J is measured as its
 * authors meant it to run.
 */
public final class Nd4jCpu {

  private Nd4jCpu() {}

  /** What the helpers ask. */
  public static final class Environment {

    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** Returns the environment. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Returns whether oneDNN may be used. */
    public boolean isUseMKLDNN() {
      return true;
    }
  }
}

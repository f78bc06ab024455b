package io.cortado;

/**
 * The named sub-streams of random numbers.
 *
 * <p>Each use of randomness draws from a stream of its own, so that switching one off (say,
 * augmentation) leaves the numbers of the others as they were.
 */
public enum RandomStream {
  /** Initial parameters. */
  INIT(0),
  /** Dropout masks of training steps. */
  DROPOUT(1),
  /** The order of samples. */
  SHUFFLE(2),
  /** Random transforms of samples. */
  AUGMENTATION(3),
  /**
   * Random numbers drawn by inference steps, so that evaluating a model never changes how it trains
   * on.
   */
  INFERENCE(4),
  /** For programs that use Cortado. */
  USER(5);

  private final int id;

  RandomStream(int id) {
    this.id = id;
  }

  /**
   * Returns the number that stands for this stream in a counter; fixed for all time, because
   * checkpoints rely on it.
   */
  public int id() {
    return id;
  }
}

package io.cortado.train;

/**
 * Says that training broke down: the loss became infinite or NaN, and so, most likely, did the
 * parameters.
 */
public final class NonFiniteLossException extends RuntimeException {

  private final transient TrainingResult result;

  NonFiniteLossException(String message, TrainingResult result) {
    super(message);
    this.result = result;
  }

  /** Returns what came out before. */
  public TrainingResult result() {
    return result;
  }
}

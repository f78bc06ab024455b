package io.cortado.train;

/**
 * Says that training broke down: the loss became infinite or NaN, or a gradient did, and so, most
 * likely, did the parameters.
 *
 * <p>The message names epoch, step and, where the device's memory is the host's, the first
 * parameter whose gradient is not finite with its layer; and what to try.
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

package io.cortado.train;

/** Why a training ended. */
public enum StopReason {
  /** All epochs were done. */
  COMPLETED,
  /** A callback ended it, as early stopping does. */
  BY_CALLBACK,
  /** {@link Trainer#requestStop} was called, or the thread was interrupted. */
  REQUESTED,
  /** The loss became infinite or NaN. */
  NON_FINITE_LOSS,
  /** An exception was thrown. */
  FAILED
}

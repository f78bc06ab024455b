package io.cortado.data;

import org.jspecify.annotations.Nullable;

/**
 * Says that data could not be read, or is not what it should be; the message names what and where.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Makes an exception with a message for the user. */
  public DataException(String message) {
    super(message);
  }

  /** Makes an exception with a message for the user and its cause. */
  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

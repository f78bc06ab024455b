package io.cortado.models;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when what the user gave cannot be used: a name, a number, a file.
 *
 * <p>The message is one line that says what is wrong and what to do about it; the command line
 * prints it as it is and ends with exit code 2.
 */
public class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Makes one with its message. */
  public InputException(String message) {
    super(message);
  }

  /** Makes one with its message and what lies behind it. */
  public InputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

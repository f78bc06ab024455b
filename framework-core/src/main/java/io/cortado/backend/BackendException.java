package io.cortado.backend;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a backend cannot do what it was asked: no memory, no device, a failed library call.
 */
public class BackendException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Makes one with a message that names the operation and the remedy. */
  public BackendException(String message) {
    super(message);
  }

  /** Makes one with a message and what caused it. */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.cortado.backend;

/** Says that something cannot be part of a recording, because the host has to take part in it. */
public final class RecordingException extends BackendException {

  private static final long serialVersionUID = 1;

  /** Makes an exception. */
  public RecordingException(String message) {
    super(message);
  }
}

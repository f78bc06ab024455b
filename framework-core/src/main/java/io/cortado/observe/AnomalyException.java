package io.cortado.observe;

/**
 * Says which operation made the first infinite or NaN value; in a backward pass its cause has the
 * place where the operation ran forward.
 */
public final class AnomalyException extends RuntimeException {

  private final String operation;
  private final String layer;
  private final boolean backward;

  AnomalyException(String message, String operation, String layer, boolean backward) {
    super(message);
    this.operation = operation;
    this.layer = layer;
    this.backward = backward;
  }

  /** Returns the operation's name, {@code "input"} for a batch. */
  public String operation() {
    return operation;
  }

  /** Returns the dotted path of the layer, empty for the model itself and for the loss. */
  public String layer() {
    return layer;
  }

  /** Says whether it was the operation's gradient, and not its output. */
  public boolean isBackward() {
    return backward;
  }
}

package io.cortado.models.images;

import io.cortado.models.InputException;

/** Says that a picture has more pixels than may be read. */
public final class PixelsException extends InputException {

  private static final long serialVersionUID = 1;

  /** Makes one with a message that names the picture and the limit. */
  public PixelsException(String message) {
    super(message);
  }
}

package io.cortado.backend;

/**
 * One thing that a backend needs or uses, and how it is here.
 *
 * @param name what it is, such as {@code "cuDNN 9"}
 * @param state how it is
 * @param detail what was found, or what is missing and where it was looked for
 * @param remedy the one thing to do next; empty where there is nothing to do
 */
public record Finding(String name, State state, String detail, String remedy) {

  /** How something is. */
  public enum State {
    /** It is there and will do. */
    OK,
    /** It is not there. */
    MISSING,
    /** It is there and will not do. */
    WRONG
  }

  /** Checks that what is not right has a remedy. */
  public Finding {
    if (state != State.OK && remedy.isBlank()) {
      throw new IllegalArgumentException(
          "finding '" + name + "' is " + state + " and has no remedy: say what to do next");
    }
  }

  /** Makes one of something that is there. */
  public static Finding ok(String name, String detail) {
    return new Finding(name, State.OK, detail, "");
  }

  /** Makes one of something that is not there. */
  public static Finding missing(String name, String detail, String remedy) {
    return new Finding(name, State.MISSING, detail, remedy);
  }

  /** Makes one of something that will not do. */
  public static Finding wrong(String name, String detail, String remedy) {
    return new Finding(name, State.WRONG, detail, remedy);
  }
}

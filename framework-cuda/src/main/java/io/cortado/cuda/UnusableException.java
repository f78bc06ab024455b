package io.cortado.cuda;

import io.cortado.backend.BackendException;
import io.cortado.backend.Finding;
import org.jspecify.annotations.Nullable;

/** Thrown when CUDA cannot be had here, with the finding that says why. */
final class UnusableException extends BackendException {

  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  UnusableException(Finding finding) {
    this(finding, null);
  }

  UnusableException(Finding finding, @Nullable Throwable cause) {
    super(finding.detail() + ": " + finding.remedy(), cause);
    this.finding = finding;
  }

  /**
   * Passes what is right.
   *
   * @throws UnusableException in one sentence, if it is not
   */
  static void require(Finding finding) {
    if (finding.state() != Finding.State.OK) {
      throw new UnusableException(finding);
    }
  }

  /** Returns what is wrong, for a diagnosis. */
  static Finding finding(String name, BackendException e) {
    return e instanceof UnusableException u
        ? u.finding
        : Finding.wrong(
            name,
            String.valueOf(e.getMessage()),
            "look at what nvidia-smi says; if it fails too, install NVIDIA's driver anew");
  }
}

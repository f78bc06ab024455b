package io.cortado.cuda;

import io.cortado.backend.BackendException;

/** Who computes the connectionist temporal classification loss. */
enum CtcChoice {

  /** Own kernels. */
  OWN,

  /** cuDNN within its limits, own kernels else. */
  CUDNN;

  /** The system property that chooses. */
  static final String PROPERTY = "cortado.cuda.ctc";

  /**
   * Returns what the system property says; {@link #OWN} where it is not set.
   *
   * @throws BackendException if it has an unknown value
   */
  static CtcChoice ofProperty() {
    return of(System.getProperty(PROPERTY, "own"));
  }

  static CtcChoice of(String property) {
    return switch (property) {
      case "own" -> OWN;
      case "cudnn" -> CUDNN;
      default ->
          throw new BackendException(
              "cannot open the cuda backend: the system property %s is \"%s\"; give own or cudnn, or leave it out"
                  .formatted(PROPERTY, property));
    };
  }
}

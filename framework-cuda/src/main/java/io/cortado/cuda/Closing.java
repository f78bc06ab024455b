package io.cortado.cuda;

import org.jspecify.annotations.Nullable;

/** Closes several things: each is tried, and the first failure is thrown in the end. */
final class Closing {

  private @Nullable RuntimeException failure;

  /** Does one step; its failure waits. */
  void step(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  /** Does what a failure leaves to do before it is thrown; what fails in that is told beside it. */
  static void after(Throwable failure, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Throws the first failure, if there was one. */
  void finish() {
    if (failure != null) {
      throw failure;
    }
  }
}

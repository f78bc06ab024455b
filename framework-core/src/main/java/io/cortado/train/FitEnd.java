package io.cortado.train;

import io.cortado.optim.Optimizer;
import org.jspecify.annotations.Nullable;

/** How the end of a training is told. */
final class FitEnd {

  private FitEnd() {}

  /** Tells all callbacks that it is over, whatever one of them does. */
  static void tell(
      Callback[] told, TrainingContext context, StopReason why, @Nullable Throwable failure) {
    RuntimeException first = null;
    for (Callback c : told) {
      try {
        c.onFitEnd(context, why);
      } catch (RuntimeException e) {
        if (failure != null) {
          failure.addSuppressed(e);
        } else if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Puts into words why it is over. */
  static String message(StopReason why, TrainingContext context, Optimizer optimizer) {
    return switch (why) {
      case COMPLETED -> "all " + context.epochs() + " epochs are done";
      case BY_CALLBACK -> String.valueOf(context.stopMessage());
      case REQUESTED ->
          "stopped on request in epoch "
              + context.epoch()
              + " after step "
              + context.step()
              + " of "
              + context.steps();
      case NON_FINITE_LOSS ->
          context.health().what(context)
              + "; lower the learning rate (it is "
              + optimizer.lr()
              + "), limit gradients with clipGradNorm(1), or look for NaN in the data; detectAnomaly(true), or --debug-nan, names the operation";
      case FAILED -> "an exception was thrown";
    };
  }
}

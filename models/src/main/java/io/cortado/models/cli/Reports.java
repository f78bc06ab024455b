package io.cortado.models.cli;

import io.cortado.models.Evaluation;
import java.util.Locale;

/** Lines that several commands print. */
final class Reports {

  private Reports() {}

  static String accuracy(Evaluation e) {
    return String.format(
        Locale.ROOT,
        "test accuracy  %.2f %%  (%,d of %,d right)%n",
        100 * e.accuracy(),
        e.right(),
        e.truth().length);
  }
}

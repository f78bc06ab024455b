package io.cortado.models.cli;

import io.cortado.models.TestResult;
import java.util.Locale;

/** Lines that several commands print. */
final class Reports {

  private Reports() {}

  static String accuracy(TestResult r) {
    return String.format(
        Locale.ROOT,
        "test accuracy  %.2f %%  (%,d of %,d right)%n",
        100 * r.accuracy(),
        r.right(),
        r.samples());
  }
}

package io.cortado.models.data;

import java.util.Locale;

/** Puts numbers of things into words. */
final class Counted {

  private Counted() {}

  /** Returns a number and what is counted: {@code 1 column}, {@code 2 columns}. */
  static String of(long count, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", count, thing, count == 1 ? "" : "s");
  }
}

package io.cortado.optim;

/** Checks of the optimizers' options. */
final class OptionChecks {

  private OptionChecks() {}

  static double nonNegative(String optimizer, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw wrong(optimizer, what, value, "a number of 0 or more");
    }
    return value;
  }

  static double positive(String optimizer, String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw wrong(optimizer, what, value, "a number above 0");
    }
    return value;
  }

  static double fraction(String optimizer, String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw wrong(optimizer, what, value, "at least 0 and below 1");
    }
    return value;
  }

  static int atLeastOne(String optimizer, String what, int value) {
    if (value < 1) {
      throw wrong(optimizer, what, value, "at least 1");
    }
    return value;
  }

  static IllegalArgumentException wrong(
      String optimizer, String what, Number value, String allowed) {
    return new IllegalArgumentException(
        optimizer + ": the " + what + " is " + value + ", it has to be " + allowed);
  }
}

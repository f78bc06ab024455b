package io.cortado.optim;

/** Checks of the schedules' options. */
final class ScheduleChecks {

  private ScheduleChecks() {}

  static void atLeastOne(String schedule, String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          schedule + ": " + what + " is " + value + ", it has to be at least 1");
    }
  }

  static void notNegative(String schedule, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          schedule + ": " + what + " is " + value + ", it has to be a number of 0 or more");
    }
  }

  static void positive(String schedule, String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          schedule + ": " + what + " is " + value + ", it has to be a number above 0");
    }
  }

  static void fromZeroToOne(String schedule, String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          schedule + ": " + what + " is " + value + ", it has to be from 0 to 1");
    }
  }

  /** Complains about a factor from which multiplying does not get away. */
  static void chainable(String schedule, String what, double factor) {
    if (factor == 0) {
      throw new IllegalArgumentException(
          schedule
              + ": "
              + what
              + " is 0, and a chained rate that was 0 stays 0; use a small factor such as 1e-6");
    }
  }
}

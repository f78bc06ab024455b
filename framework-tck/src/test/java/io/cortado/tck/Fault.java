package io.cortado.tck;

/**
 * What is wrong with a backend.
 *
 * @param operation the method's name
 * @param output which of its outputs, from 0
 * @param kind how
 */
record Fault(String operation, int output, Kind kind) {

  /** The ways. */
  enum Kind {
    /** The last element is left as it was: a tail that no vector covered. */
    LAST_ELEMENT_LEFT,
    /** One element is off by a thousandth of itself and of 1: a term too few. */
    ONE_ELEMENT_OFF,
    /** The sign is wrong. */
    SIGN,
    /** One more element is written than there is. */
    ONE_TOO_MANY_WRITTEN,
    /** What lies before the output goes into it. */
    NEIGHBOUR_READ,
    /** What was there is multiplied by a beta of 0 instead of being overwritten. */
    OLD_TIMES_ZERO,
    /** Beta is taken for 0. */
    BETA_TAKEN_FOR_0,
    /** Beta is taken for 1. */
    BETA_TAKEN_FOR_1
  }
}

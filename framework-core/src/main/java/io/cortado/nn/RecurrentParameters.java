package io.cortado.nn;

import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;

/** What recurrent layers and cells have in common. */
final class RecurrentParameters {

  private RecurrentParameters() {}

  static void check(String name, int input, int hidden) {
    if (input < 1 || hidden < 1) {
      throw new IllegalArgumentException(
          name
              + ": "
              + input
              + " features of an input and "
              + hidden
              + " of a state; both have to be at least 1");
    }
  }

  static Initializer initializer(int hidden) {
    double bound = 1 / Math.sqrt(hidden);
    return Initializers.uniform(-bound, bound);
  }
}

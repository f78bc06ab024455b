package io.cortado.tck;

import io.cortado.backend.Backend;

/**
 * Gets one output of one operation wrong, in one of the ways that kernels do.
 *
 * <p>The operations are in the superclasses, by {@link Backend}'s groups.
 */
final class FaultyBackend extends FaultyTrainingOps {

  FaultyBackend(Backend delegate, Fault fault) {
    super(delegate, fault);
  }
}

package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.tck.reference.ReferenceBackend;

/** The kit passes on the reference it measures others by. */
class ReferenceConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    return new ReferenceBackend();
  }
}

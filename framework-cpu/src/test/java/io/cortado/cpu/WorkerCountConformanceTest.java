package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.tck.BackendConformance;

/** The conformance kit, every call with one, two and three workers: the same bits. */
final class WorkerCountConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    return WorkerCounts.open();
  }
}

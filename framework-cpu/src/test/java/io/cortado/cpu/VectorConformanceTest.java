package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import io.cortado.tck.BackendConformance;

/** The conformance kit on the Vector API. */
final class VectorConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    return CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.VECTOR_API);
  }
}

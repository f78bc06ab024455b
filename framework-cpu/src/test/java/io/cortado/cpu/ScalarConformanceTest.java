package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import io.cortado.tck.BackendConformance;

/** The conformance kit on scalar loops. */
final class ScalarConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    return CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.SCALAR);
  }
}

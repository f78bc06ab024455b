package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackend;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The conformance kit on vectors of the width that the system property asks for; the module's POM
 * runs it once for each width.
 */
@Tag("width")
@ExtendWith(OnProcessorsThatHaveIt.class)
final class WidthConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    Backend backend = CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.AUTO);
    assertThat(backend.description()).contains(OnProcessorsThatHaveIt.BITS + "-bit");
    return backend;
  }
}

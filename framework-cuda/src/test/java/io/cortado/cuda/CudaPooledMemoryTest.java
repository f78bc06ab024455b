package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.MemorySuite;

/** The kit's tests of memory with the pool, as it is used outside of tests. */
final class CudaPooledMemoryTest extends MemorySuite {

  @Override
  protected Backend open() {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, false);
  }
}

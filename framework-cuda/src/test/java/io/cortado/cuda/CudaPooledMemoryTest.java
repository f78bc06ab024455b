package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.tck.MemorySuite;

/** The kit's tests of memory with the pool, as it is used outside of tests. */
final class CudaPooledMemoryTest extends MemorySuite {

  @Override
  protected Backend open() {
    return CudaUnderTest.open(false);
  }
}

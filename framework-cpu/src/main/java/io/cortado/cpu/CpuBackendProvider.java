package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.cpu.simd.Simd;

/** Opens the pure-Java backend, which every machine can run. */
public final class CpuBackendProvider implements BackendProvider {

  /** For {@link java.util.ServiceLoader}. */
  public CpuBackendProvider() {}

  @Override
  public String name() {
    return CpuBackend.NAME;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability(true, "the cpu backend needs nothing but Java");
  }

  @Override
  public Backend open(BackendOptions options) {
    return CpuBackend.open(options, Simd.Choice.AUTO);
  }
}

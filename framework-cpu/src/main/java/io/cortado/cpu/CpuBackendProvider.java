package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.Finding;
import io.cortado.cpu.simd.Simd;
import java.util.ArrayList;
import java.util.List;

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
  public List<Finding> diagnose() {
    List<Finding> found = new ArrayList<>();
    int cores = Runtime.getRuntime().availableProcessors();
    found.add(Finding.ok("processor", cores + (cores == 1 ? " core" : " cores")));
    found.add(vectors());
    found.add(
        Finding.ok(
            "Java",
            "%s (%s), %s, up to %.1f GiB of heap"
                .formatted(
                    Runtime.version(),
                    System.getProperty("java.vendor"),
                    System.getProperty("java.home"),
                    Runtime.getRuntime().maxMemory() / 0x1p30)));
    return found;
  }

  private static Finding vectors() {
    try {
      Simd chosen = Simd.choose(Simd.Choice.AUTO);
      return ModuleLayer.boot().findModule(Simd.MODULE).isPresent()
          ? Finding.ok("vectors", chosen.description())
          : Finding.wrong("vectors", chosen.description(), Simd.REMEDY);
    } catch (BackendException e) {
      return Finding.wrong(
          "vectors", String.valueOf(e.getMessage()), "leave out -D" + Simd.PROPERTY);
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    return CpuBackend.open(options, Simd.Choice.AUTO);
  }
}

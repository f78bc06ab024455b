package io.cortado.internal;

import io.cortado.backend.BackendException;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.BackendProvider.Availability;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the backends on the class path. */
public final class Backends {

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  private Backends() {}

  /** Returns all providers, the preferred first. */
  public static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /**
   * Returns the provider of a name, or for {@code "auto"} the preferred one that is usable.
   *
   * @throws BackendException if there is none; the message says what was looked for and what is
   *     missing
   */
  public static BackendProvider find(String name) {
    List<BackendProvider> providers = all();
    if (name.equals("auto")) {
      return auto(providers);
    }
    for (BackendProvider p : providers) {
      if (p.name().equals(name)) {
        Availability a = p.probe();
        if (!a.usable()) {
          throw new BackendException("device " + name + " cannot be used here: " + a.reason());
        }
        return p;
      }
    }
    throw new BackendException(
        "there is no device '" + name + "'; on the class path: " + names(providers) + remedy(name));
  }

  private static BackendProvider auto(List<BackendProvider> providers) {
    for (BackendProvider p : providers) {
      Availability a = p.probe();
      if (a.usable()) {
        return p;
      }
      LOG.info("{} is not used: {}", p.name(), a.reason());
    }
    throw new BackendException(
        "no usable backend on the class path (found: "
            + names(providers)
            + "): add io.cortado:cortado-cpu");
  }

  private static String names(List<BackendProvider> providers) {
    return providers.isEmpty()
        ? "none"
        : providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
  }

  private static String remedy(String name) {
    return switch (name) {
      case "cuda" -> "; for NVIDIA GPUs add the CUDA backend, io.cortado:cortado-cuda";
      case "cpu" -> "; add io.cortado:cortado-cpu";
      default -> "; give one of these, or auto";
    };
  }
}

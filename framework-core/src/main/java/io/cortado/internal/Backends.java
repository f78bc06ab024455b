package io.cortado.internal;

import io.cortado.backend.BackendException;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.BackendProvider.Availability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/** Finds the backends on the class path. */
public final class Backends {

  private static final Logger LOG = Logs.of(Backends.class);

  /**
   * A backend that was chosen.
   *
   * @param provider who opens it
   * @param passedOver for each backend that {@code auto} would rather have taken, its name and why
   *     it was not
   */
  public record Choice(BackendProvider provider, List<String> passedOver) {}

  private Backends() {}

  /** Returns all providers, the preferred first. */
  public static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /**
   * Chooses the backend of a name, or for {@code "auto"} the preferred one that is usable.
   *
   * @throws BackendException if there is none; the message says what was looked for and what is
   *     missing
   */
  public static Choice find(String name) {
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
        return new Choice(p, List.of());
      }
    }
    throw new BackendException(
        "there is no device '" + name + "'; on the class path: " + names(providers) + remedy(name));
  }

  private static Choice auto(List<BackendProvider> providers) {
    List<String> passedOver = new ArrayList<>();
    for (BackendProvider p : providers) {
      Availability a = p.probe();
      if (a.usable()) {
        return new Choice(p, List.copyOf(passedOver));
      }
      passedOver.add(p.name() + ": " + a.reason());
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

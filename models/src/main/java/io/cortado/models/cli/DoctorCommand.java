package io.cortado.models.cli;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.BackendProvider.Availability;
import io.cortado.backend.Finding;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cortado doctor}. */
@Command(
    name = "doctor",
    description = {
      "Says which devices can be used here, and what to do about those that cannot.",
      "What can be used is checked: its results are compared with the CPU's."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  cortado doctor",
      "",
      "Exit codes: 0 all is said, also that something is missing; 1 a check failed."
    })
final class DoctorCommand implements Callable<Integer> {

  private static final String CPU = "cpu";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<BackendProvider> providers =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparingInt(BackendProvider::priority))
            .toList();
    boolean right = true;
    for (BackendProvider provider : providers) {
      out.println(provider.name());
      List<Finding> findings = provider.diagnose();
      for (Finding finding : findings) {
        line(
            out, finding.state().name().toLowerCase(Locale.ROOT), finding.name(), finding.detail());
      }
      Availability availability = provider.probe();
      boolean passed =
          !availability.usable() || provider.name().equals(CPU) || check(out, provider, providers);
      right &= passed;
      out.println("  " + verdict(provider.name(), availability, passed));
      findings.stream()
          .filter(f -> f.state() != Finding.State.OK)
          .findFirst()
          .ifPresent(f -> out.println("  do next: " + f.remedy()));
      out.println();
      out.flush();
    }
    return right ? 0 : ErrorHandler.INTERNAL;
  }

  private static void line(PrintWriter out, String state, String name, String detail) {
    out.println(String.format(Locale.ROOT, "  %-8s %-16s %s", state, name, detail));
  }

  private static String verdict(String name, Availability availability, boolean passed) {
    if (!availability.usable()) {
      return "%s cannot be used here: %s".formatted(name, availability.reason());
    }
    return passed
        ? "%s can be used: --device %s".formatted(name, name)
        : "%s must not be used: its results are not the CPU's".formatted(name);
  }

  /** Compares a backend with the CPU's; says what came out, and whether all of it is right. */
  private static boolean check(
      PrintWriter out, BackendProvider provider, List<BackendProvider> providers) {
    BackendProvider cpu =
        providers.stream()
            .filter(p -> p.name().equals(CPU))
            .findFirst()
            .orElseThrow(() ->
                new BackendException(
                    "there is no CPU to compare with: add io.cortado:cortado-cpu to the class path"));
    boolean right = true;
    try (Backend trusted = cpu.open(BackendOptions.DEFAULTS);
        Backend tested = provider.open(BackendOptions.DEFAULTS)) {
      for (BackendCheck.Result result : BackendCheck.compare(tested, trusted)) {
        right &= result.right();
        line(
            out,
            result.right() ? "right" : "WRONG",
            result.name(),
            String.format(
                Locale.ROOT,
                "differs from the CPU's by %.1e of its largest value, %.0e is allowed",
                result.difference(),
                result.tolerance()));
      }
    } catch (BackendException e) {
      line(out, "FAILED", "check", String.valueOf(e.getMessage()));
      right = false;
    }
    return right;
  }
}

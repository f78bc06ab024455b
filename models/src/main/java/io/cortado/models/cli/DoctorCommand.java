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

  /** What came of a check. */
  private enum Outcome {
    RIGHT,
    WRONG,
    FAILED
  }

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
      Outcome outcome =
          !availability.usable() || provider.name().equals(CPU)
              ? Outcome.RIGHT
              : check(out, provider, providers);
      right &= outcome == Outcome.RIGHT;
      out.println("  " + verdict(provider.name(), availability, outcome));
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

  private static String verdict(String name, Availability availability, Outcome outcome) {
    if (!availability.usable()) {
      return "%s cannot be used here: %s".formatted(name, availability.reason());
    }
    return switch (outcome) {
      case RIGHT -> "%s can be used: --device %s".formatted(name, name);
      case WRONG -> "%s must not be used: its results are not the CPU's".formatted(name);
      case FAILED -> "%s cannot be used: everything is there, and the check failed".formatted(name);
    };
  }

  /** Compares a backend with the CPU's, and says what came out. */
  private static Outcome check(
      PrintWriter out, BackendProvider provider, List<BackendProvider> providers) {
    BackendProvider cpu =
        providers.stream()
            .filter(p -> p.name().equals(CPU))
            .findFirst()
            .orElseThrow(() ->
                new BackendException(
                    "there is no CPU to compare with: add io.cortado:cortado-cpu to the class path"));
    Outcome outcome = Outcome.RIGHT;
    try (Backend trusted = cpu.open(BackendOptions.DEFAULTS);
        Backend tested = provider.open(BackendOptions.DEFAULTS)) {
      for (BackendCheck.Result result : BackendCheck.compare(tested, trusted)) {
        line(
            out,
            result.right() ? "right" : "WRONG",
            result.name(),
            String.format(
                Locale.ROOT,
                "differs from the CPU's by %.1e of its largest value, %.0e is allowed",
                result.difference(),
                result.tolerance()));
        outcome = result.right() ? outcome : Outcome.WRONG;
      }
    } catch (BackendException e) {
      line(out, "FAILED", "check", String.valueOf(e.getMessage()));
      return Outcome.FAILED;
    }
    return outcome;
  }
}

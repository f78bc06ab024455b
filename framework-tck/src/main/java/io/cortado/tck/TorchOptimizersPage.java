package io.cortado.tck;

import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The optimizers' and the schedules' sections of the page that compares this project with PyTorch.
 */
final class TorchOptimizersPage {

  /** torch.optim's classes, and that of averaged weights, in the order of its documentation. */
  private static final List<String> OPTIMIZERS =
      List.of(
          "Adadelta",
          "Adafactor",
          "Adagrad",
          "Adam",
          "AdamW",
          "SparseAdam",
          "Adamax",
          "ASGD",
          "LBFGS",
          "Muon",
          "NAdam",
          "RAdam",
          "RMSprop",
          "Rprop",
          "SGD",
          "AveragedModel");

  /** The classes of torch.optim.lr_scheduler, and that of averaged weights. */
  private static final List<String> SCHEDULES =
      List.of(
          "LambdaLR",
          "MultiplicativeLR",
          "StepLR",
          "MultiStepLR",
          "ConstantLR",
          "LinearLR",
          "ExponentialLR",
          "PolynomialLR",
          "CosineAnnealingLR",
          "ChainedScheduler",
          "SequentialLR",
          "ReduceLROnPlateau",
          "CyclicLR",
          "OneCycleLR",
          "CosineAnnealingWarmRestarts",
          "SWALR");

  /** Why an optimizer is not there. */
  private static final Map<String, String> ABSENT = Map.of();

  private TorchOptimizersPage() {}

  /**
   * Appends both sections.
   *
   * @param results the comparisons on each backend, by its name
   */
  static void append(
      StringBuilder page, SequencedMap<String, List<TorchOptimizerComparison>> results) {
    page.append(
        """

        ## Optimizers

        The parameters of a small network after 50 steps, and the optimizer's state, recorded by
        `framework-tck/src/main/python/record_optimizers.py`; L-BFGS after 3 to 15 steps of 1 to 20 iterations, since later its floats
        decide otherwise than PyTorch's doubles, as PyTorch's floats do too. The kit fails above 1e-5 and, for the state, 1e-3. PyTorch 1.13.1 has neither
        Adafactor nor Muon: these are compared with their published source, which the script has in double precision, Muon
        without PyTorch's rounding to bfloat16.

        | torch.optim | io.cortado.optim | cases |\
        """);
    results.keySet().forEach(b -> page.append(" %s: parameters | state |".formatted(b)));
    page.append("\n| --- | --- | ---: |").repeat(" ---: | ---: |", results.size()).append('\n');
    List<Map<String, List<TorchOptimizerComparison>>> byClass =
        results.values().stream()
            .map(r -> r.stream().collect(groupingBy(TorchOptimizerComparison::torchClass)))
            .toList();
    OPTIMIZERS.forEach(name -> appendOptimizer(page, name, byClass));
    appendSchedules(page);
  }

  private static void appendOptimizer(
      StringBuilder page, String name, List<Map<String, List<TorchOptimizerComparison>>> backends) {
    List<TorchOptimizerComparison> first = backends.getFirst().get(name);
    if (first == null) {
      String reason = ABSENT.getOrDefault(name, "not compared");
      page.append("| %s | absent: %s | 0 |".formatted(name, reason));
      page.repeat(" | |", backends.size()).append('\n');
      return;
    }
    page.append("| %s | %s | %d |".formatted(name, name, first.size()));
    for (Map<String, List<TorchOptimizerComparison>> backend : backends) {
      double parameters = 0;
      double state = 0;
      int states = 0;
      for (TorchOptimizerComparison c : backend.getOrDefault(name, List.of())) {
        parameters = Math.max(parameters, c.parameterError());
        state = Double.isNaN(c.stateError()) ? state : Math.max(state, c.stateError());
        states += Double.isNaN(c.stateError()) ? 0 : 1;
      }
      page.append(String.format(Locale.ROOT, " %.1e |", parameters));
      page.append(states == 0 ? " |" : String.format(Locale.ROOT, " %.1e |", state));
    }
    page.append('\n');
  }

  private static void appendSchedules(StringBuilder page) {
    page.append(
        """

        ## Schedules

        The learning rates of two groups, and momenta where they are cycled, at each of 200 steps, recorded as floats by
        `framework-tck/src/main/python/record_schedules.py`. The host computes them in double precision; no backend takes part.
        A test fails above 2e-7.

        | torch.optim | io.cortado.optim | cases | largest relative error |
        | --- | --- | ---: | ---: |
        """);
    Map<String, List<TorchSchedules.Comparison>> byClass =
        TorchSchedules.compareAll().stream()
            .collect(groupingBy(TorchSchedules.Comparison::torchClass));
    for (String name : SCHEDULES) {
      List<TorchSchedules.Comparison> cases = byClass.getOrDefault(name, List.of());
      double error =
          cases.stream().mapToDouble(TorchSchedules.Comparison::error).max().orElse(Double.NaN);
      page.append(
          String.format(Locale.ROOT, "| %s | %s | %d | %.1e |%n", name, name, cases.size(), error));
    }
  }
}

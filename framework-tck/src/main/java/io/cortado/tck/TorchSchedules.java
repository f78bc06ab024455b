package io.cortado.tck;

import static java.util.Map.entry;

import io.cortado.optim.Adam;
import io.cortado.optim.ChainedScheduler;
import io.cortado.optim.ConstantLR;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.optim.CosineAnnealingWarmRestarts;
import io.cortado.optim.CyclicLR;
import io.cortado.optim.CyclicScale;
import io.cortado.optim.ExponentialLR;
import io.cortado.optim.LRSchedule;
import io.cortado.optim.LambdaLR;
import io.cortado.optim.LinearLR;
import io.cortado.optim.MomentumRange;
import io.cortado.optim.MultiStepLR;
import io.cortado.optim.MultiplicativeLR;
import io.cortado.optim.OneCycleLR;
import io.cortado.optim.OneCycleLR.Anneal;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ParamGroup;
import io.cortado.optim.PolynomialLR;
import io.cortado.optim.ReduceLROnPlateau;
import io.cortado.optim.ReduceLROnPlateau.Mode;
import io.cortado.optim.ReduceLROnPlateau.ThresholdMode;
import io.cortado.optim.SGD;
import io.cortado.optim.SWALR;
import io.cortado.optim.SequentialLR;
import io.cortado.optim.StepLR;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Schedules under the names of record_schedules.py, and their rates beside PyTorch's. */
final class TorchSchedules {

  /** How many steps are recorded. */
  static final int STEPS = 200;

  /** PyTorch's recursions come out of a cosine's zero by this much. */
  static final double ABSOLUTE = 1e-15;

  private static final CyclicLR CYCLIC = new CyclicLR(0.01, 0.3);
  private static final OneCycleLR ONE_CYCLE = new OneCycleLR(0.3, STEPS);

  /** The schedules of each case, one for both groups or one for each. */
  static final Map<String, List<LRSchedule>> SCHEDULES =
      Map.ofEntries(
          entry("step-30", List.of(new StepLR(30))),
          entry("step-7-0.8", List.of(new StepLR(7, 0.8))),
          entry("step-1-1.01", List.of(new StepLR(1, 1.01))),
          entry("multistep", List.of(MultiStepLR.at(30, 80))),
          entry("multistep-twice", List.of(MultiStepLR.at(5, 50, 50, 120).gamma(0.5))),
          entry("multistep-zero", List.of(MultiStepLR.at(0, 199).gamma(0.3))),
          entry("constant", List.of(new ConstantLR())),
          entry("constant-0.5-100", List.of(new ConstantLR(0.5, 100))),
          entry("constant-1", List.of(new ConstantLR(1, 3))),
          entry("linear", List.of(new LinearLR())),
          entry("linear-0.01-1-150", List.of(new LinearLR(0.01, 1, 150))),
          entry("linear-1-0.2-60", List.of(new LinearLR(1, 0.2, 60))),
          entry("exponential-0.97", List.of(new ExponentialLR(0.97))),
          entry("exponential-1.01", List.of(new ExponentialLR(1.01))),
          entry("exponential-1", List.of(new ExponentialLR(1))),
          entry("cosine-50", List.of(new CosineAnnealingLR(50))),
          entry("cosine-200-0.001", List.of(new CosineAnnealingLR(200, 0.001))),
          entry("cosine-7-0.02", List.of(new CosineAnnealingLR(7, 0.02))),
          entry("restarts-40", List.of(new CosineAnnealingWarmRestarts(40))),
          entry("restarts-10-2", List.of(new CosineAnnealingWarmRestarts(10, 2, 0))),
          entry("restarts-3-3-0.01", List.of(new CosineAnnealingWarmRestarts(3, 3, 0.01))),
          entry("polynomial", List.of(new PolynomialLR())),
          entry("polynomial-150-2", List.of(new PolynomialLR(150, 2))),
          entry("polynomial-199-0.5", List.of(new PolynomialLR(199, 0.5))),
          entry("lambda", List.of(new LambdaLR(t -> Math.pow(0.95, t)))),
          entry(
              "lambda-each",
              List.of(new LambdaLR(t -> 1.0 / (1 + t)), new LambdaLR(t -> 1 + t / 30))),
          entry("lambda-sine", List.of(new LambdaLR(t -> 1.5 + Math.sin(t)))),
          entry("multiplicative", List.of(new MultiplicativeLR(t -> 0.98))),
          entry(
              "multiplicative-each",
              List.of(
                  new MultiplicativeLR(t -> 1 - 1.0 / (t + 1)),
                  new MultiplicativeLR(t -> t % 2 == 0 ? 1.1 : 0.9))),
          entry("multiplicative-cosine", List.of(new MultiplicativeLR(t -> 1 + 0.1 * Math.cos(t)))),
          entry(
              "sequential-warmup-cosine",
              List.of(
                  new SequentialLR(
                      List.of(new LinearLR(0.01, 1, 20), new CosineAnnealingLR(180, 0.001)),
                      List.of(20L)))),
          entry(
              "sequential-constant-exponential",
              List.of(
                  new SequentialLR(
                      List.of(new ConstantLR(0.1, 2), new ExponentialLR(0.9)), List.of(2L)))),
          entry(
              "sequential-three",
              List.of(
                  new SequentialLR(
                      List.of(
                          new LinearLR(0.5, 1, 10), new StepLR(15, 0.7), new PolynomialLR(60, 2)),
                      List.of(30L, 110L)))),
          entry(
              "chained-constant-exponential",
              List.of(
                  new ChainedScheduler(List.of(new ConstantLR(0.1, 20), new ExponentialLR(0.99))))),
          entry(
              "chained-warmup-cosine",
              List.of(
                  new ChainedScheduler(
                      List.of(new LinearLR(0.1, 1, 30), new CosineAnnealingLR(60, 0.002))))),
          entry("chained-five", List.of(five())),
          entry(
              "chained-lambda",
              List.of(
                  new ChainedScheduler(
                      List.of(
                          new ExponentialLR(0.9),
                          new LambdaLR(t -> 1.0 / (1 + t)),
                          new StepLR(10, 0.5))))),
          entry(
              "chained-sequential",
              List.of(
                  new ChainedScheduler(
                      List.of(
                          new SequentialLR(
                              List.of(new ConstantLR(0.5, 10), new CosineAnnealingLR(170)),
                              List.of(30L)),
                          new StepLR(50, 0.5))))),
          entry("cyclic-no-momentum", List.of(CYCLIC.stepSize(20, 20).cycleMomentum(null))),
          entry("onecycle-no-momentum", List.of(ONE_CYCLE.cycleMomentum(null))),
          entry("cyclic", List.of(CYCLIC.stepSize(25, 25))),
          entry("cyclic-up-down", List.of(CYCLIC.stepSize(7, 16))),
          entry(
              "cyclic-triangular2",
              List.of(CYCLIC.stepSize(11, 20).scale(new CyclicScale.Triangular2()))),
          entry(
              "cyclic-exp-range",
              List.of(
                  CYCLIC
                      .stepSize(30, 30)
                      .scale(new CyclicScale.ExpRange(0.99))
                      .cycleMomentum(new MomentumRange(0.5, 0.95)))),
          entry(
              "cyclic-of-cycle",
              List.of(CYCLIC.stepSize(12, 12).scale(new CyclicScale.OfCycle(c -> 1.0 / (c * c))))),
          entry(
              "cyclic-of-iterations",
              List.of(
                  CYCLIC
                      .stepSize(12, 9)
                      .scale(new CyclicScale.OfIterations(t -> 0.5 * (1 + Math.cos(t / 9.0)))))),
          entry(
              "cyclic-each",
              List.of(
                  CYCLIC.stepSize(10, 5),
                  new CyclicLR(0.2, 0.9)
                      .stepSize(10, 5)
                      .cycleMomentum(new MomentumRange(0.6, 0.7)))),
          entry("onecycle", List.of(ONE_CYCLE)),
          entry("onecycle-linear", List.of(ONE_CYCLE.anneal(Anneal.LINEAR).pctStart(0.45))),
          entry("onecycle-three-phase", List.of(ONE_CYCLE.threePhase(true).pctStart(0.37))),
          entry(
              "onecycle-three-phase-linear",
              List.of(ONE_CYCLE.anneal(Anneal.LINEAR).threePhase(true).divFactors(10, 50))),
          entry(
              "onecycle-epochs",
              List.of(
                  new OneCycleLR(0.3, 9 * 23)
                      .cycleMomentum(new MomentumRange(0.7, 0.99))
                      .divFactors(3, 1e4))),
          entry(
              "onecycle-each",
              List.of(ONE_CYCLE.pctStart(0.1), new OneCycleLR(0.05, STEPS).pctStart(0.1))),
          entry("onecycle-no-rise", List.of(ONE_CYCLE.pctStart(0))),
          entry("swa", List.of(new SWALR(0.02))),
          entry("swa-linear-25", List.of(new SWALR(0.05, 25, SWALR.Anneal.LINEAR))),
          entry("swa-at-once", List.of(new SWALR(0.05, 0, SWALR.Anneal.COS))),
          entry(
              "swa-each",
              List.of(new SWALR(0.02, 40, SWALR.Anneal.COS), new SWALR(0.5, 40, SWALR.Anneal.COS))),
          entry(
              "swa-after-exponential",
              List.of(new SWALR(0.05, 20, SWALR.Anneal.LINEAR).after(new ExponentialLR(0.98), 60))),
          entry("adam-onecycle", List.of(ONE_CYCLE)));

  private static ChainedScheduler five() {
    return new ChainedScheduler(
        List.of(
            new StepLR(40, 0.5),
            MultiStepLR.at(10, 90).gamma(0.8),
            new MultiplicativeLR(t -> 1.01),
            new PolynomialLR(250, 0.9),
            new CosineAnnealingLR(70)));
  }

  static final Map<String, Supplier<ReduceLROnPlateau>> PLATEAUS =
      Map.ofEntries(
          entry("plateau-min", ReduceLROnPlateau::new),
          entry("plateau-patience3", () -> new ReduceLROnPlateau().patience(3).factor(0.5)),
          entry(
              "plateau-abs",
              () ->
                  new ReduceLROnPlateau()
                      .patience(2)
                      .threshold(0.05, ThresholdMode.ABS)
                      .factor(0.7)),
          entry(
              "plateau-cooldown",
              () ->
                  new ReduceLROnPlateau()
                      .patience(1)
                      .cooldown(8)
                      .factor(0.5)
                      .threshold(0.01, ThresholdMode.REL)),
          entry(
              "plateau-min-lr", () -> new ReduceLROnPlateau().patience(0).minLr(0.02).factor(0.5)),
          entry(
              "plateau-min-lr-each",
              () -> new ReduceLROnPlateau().patience(0).minLr(0.1, 0.005).factor(0.5).cooldown(2)),
          entry("plateau-eps", () -> new ReduceLROnPlateau().patience(1).eps(0.01).factor(0.8)),
          entry(
              "plateau-max", () -> new ReduceLROnPlateau().mode(Mode.MAX).patience(2).factor(0.6)),
          entry(
              "plateau-max-abs",
              () ->
                  new ReduceLROnPlateau()
                      .mode(Mode.MAX)
                      .patience(2)
                      .factor(0.6)
                      .threshold(0.1, ThresholdMode.ABS)
                      .cooldown(3)),
          entry("plateau-negative", () -> new ReduceLROnPlateau().patience(2).factor(0.9)),
          entry("plateau-nan", () -> new ReduceLROnPlateau().patience(4).factor(0.9)));

  private static Optimizer optimizer(String name) {
    Optimizer o = name.startsWith("adam") ? new Adam(0.03) : new SGD(0.03).momentum(0.9);
    return o.group(p -> false, 0.4, 0);
  }

  /**
   * How far a schedule is from PyTorch's.
   *
   * @param torchClass the class of torch.optim.lr_scheduler or swa_utils
   * @param error the largest relative error of a rate or a momentum
   */
  record Comparison(String torchClass, double error) {}

  /** Looks at a number beside PyTorch's. */
  @FunctionalInterface
  interface Visitor {
    void visit(String what, double actual, double expected);
  }

  private TorchSchedules() {}

  /** Returns the recorded cases of schedules that are functions of the time. */
  static Stream<TorchFixtures.Case> schedules() {
    return TorchFixtures.cases("schedules").filter(c -> SCHEDULES.containsKey(c.name()));
  }

  /** Returns the recorded cases of plateaus. */
  static Stream<TorchFixtures.Case> plateaus() {
    return TorchFixtures.cases("schedules").filter(c -> PLATEAUS.containsKey(c.name()));
  }

  /** Compares all recorded cases; no device takes part in it. */
  static List<Comparison> compareAll() {
    return TorchFixtures.cases("schedules")
        .map(c -> {
          double[] largest = {0};
          Visitor visitor =
              (_, actual, expected) -> {
                double off = Math.max(0, Math.abs(actual - expected) - ABSOLUTE);
                double error = off == 0 ? 0 : off / Math.abs(expected);
                largest[0] = Math.max(largest[0], error);
              };
          if (PLATEAUS.containsKey(c.name())) {
            followPlateau(c, visitor);
          } else {
            follow(c, visitor);
          }
          return new Comparison(torchClass(c.name()), largest[0]);
        })
        .toList();
  }

  private static String torchClass(String name) {
    return switch (name.replace("adam-", "").split("-", -1)[0]) {
      case "step" -> "StepLR";
      case "multistep" -> "MultiStepLR";
      case "constant" -> "ConstantLR";
      case "linear" -> "LinearLR";
      case "exponential" -> "ExponentialLR";
      case "cosine" -> "CosineAnnealingLR";
      case "restarts" -> "CosineAnnealingWarmRestarts";
      case "polynomial" -> "PolynomialLR";
      case "lambda" -> "LambdaLR";
      case "multiplicative" -> "MultiplicativeLR";
      case "sequential" -> "SequentialLR";
      case "chained" -> "ChainedScheduler";
      case "cyclic" -> "CyclicLR";
      case "onecycle" -> "OneCycleLR";
      case "plateau" -> "ReduceLROnPlateau";
      case "swa" -> "SWALR";
      default -> throw new IllegalStateException("a schedule of no known class: " + name);
    };
  }

  /** Shows all rates and momenta of a case of a schedule. */
  static void follow(TorchFixtures.Case c, Visitor visitor) {
    List<LRSchedule> schedules = SCHEDULES.get(c.name());
    if (schedules == null) {
      throw new IllegalStateException("no schedule " + c);
    }
    Optimizer optimizer = optimizer(c.name());
    float[] rates = c.floats("rates");
    float[] momenta = c.floatsOrNull("momenta");
    for (int t = 0; t < STEPS; t++) {
      if (schedules.size() == 1) {
        optimizer.schedule(schedules.getFirst(), t);
      } else {
        optimizer.schedule(schedules, t);
      }
      for (int g = 0; g < 2; g++) {
        ParamGroup group = optimizer.groups().get(g);
        String where = "of group " + g + " at t = " + t;
        visitor.visit("rate " + where, group.lr(), rates[g * STEPS + t]);
        if (momenta != null) {
          visitor.visit("momentum " + where, optimizer.momentum(group), momenta[g * STEPS + t]);
        }
      }
    }
  }

  /** Shows all rates of a case of a plateau, which goes on from its saved state at each step. */
  static void followPlateau(TorchFixtures.Case c, Visitor visitor) {
    Supplier<ReduceLROnPlateau> make = PLATEAUS.get(c.name());
    if (make == null) {
      throw new IllegalStateException("no plateau " + c);
    }
    Optimizer optimizer = optimizer(c.name());
    ReduceLROnPlateau plateau = make.get();
    float[] numbers = c.floats("numbers");
    float[] rates = c.floats("rates");
    for (int t = 0; t < STEPS; t++) {
      double before = optimizer.groups().getFirst().lr();
      boolean lowered = plateau.step(optimizer, numbers[t]);
      if (!lowered && optimizer.groups().getFirst().lr() != before) {
        throw new AssertionError(c + ": a rate was lowered that is said not to be, at t = " + t);
      }
      for (int g = 0; g < 2; g++) {
        String where = "rate of group " + g + " at t = " + t;
        visitor.visit(where, optimizer.groups().get(g).lr(), rates[g * STEPS + t]);
      }
      ReduceLROnPlateau next = make.get(); // as another run would
      next.restore(plateau.state());
      if (!next.state().equals(plateau.state())) {
        throw new AssertionError(c + ": a restored plateau has another state at t = " + t);
      }
      plateau = next;
    }
  }
}

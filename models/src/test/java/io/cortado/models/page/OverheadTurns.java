package io.cortado.models.page;

import io.cortado.observe.Profiler;
import io.cortado.train.Callback;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Divides a training into turns, every second of which has something switched on. */
final class OverheadTurns implements Callback {

  /** Until then much is compiled. */
  private static final double WARM_SECONDS = 8;

  /** Then so long steps are counted, to know how many make a turn. */
  private static final double COUNTED_SECONDS = 3;

  private static final double MINUTE = 60;

  /** The step that pays for a checkpoint is among the first. */
  private static final int FIRST_STEPS = 3;

  /** What can be switched on. */
  enum Mode {
    NOTHING,
    PAGE,
    CHECKPOINT,
    PROFILE
  }

  /**
   * How it is measured.
   *
   * @param modes by turns, with nothing between
   */
  record Plan(double seconds, double turnSeconds, List<Mode> modes, Path checkpoints) {}

  /**
   * A turn that is over.
   *
   * @param longest of its first steps
   */
  private record Turn(Mode mode, double seconds, double longest, long inside) {}

  private final Plan plan;
  private final Callback page;
  private final Trainer trainer;
  private final List<Turn> turns = new ArrayList<>();
  private final long start = System.nanoTime();
  private Mode mode = Mode.NOTHING;
  private int stepsOfTurn; // 0 while it gets warm
  private int steps;
  private int warmSteps;
  private long begin = start;
  private long stepBegin = start;
  private long longest;
  private long inside;
  private int late;

  OverheadTurns(Plan plan, Callback page, Trainer trainer) {
    this.plan = plan;
    this.page = page;
    this.trainer = trainer;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    page.onFitBegin(training);
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    page.onEpochBegin(training);
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    long now = System.nanoTime();
    if (++steps <= FIRST_STEPS) {
      longest = Math.max(longest, now - stepBegin);
    }
    stepBegin = now;
    if (mode == Mode.PAGE || stepsOfTurn == 0) {
      page.onStepEnd(training);
      inside += System.nanoTime() - now;
    }
    if (stepsOfTurn == 0) {
      warmUp(training, now);
    } else if (steps == stepsOfTurn) {
      end(training);
    }
  }

  private void warmUp(TrainingContext training, long now) {
    double seconds = (now - start) * 1e-9;
    double counted = (now - begin) * 1e-9;
    if (seconds < WARM_SECONDS) {
      exercise(training);
      begin = now;
      steps = 0;
    } else if (steps == 1 && isWriting()) { // large models: that would be counted
      begin = now;
      steps = 0;
    } else if (counted > COUNTED_SECONDS && steps > FIRST_STEPS) {
      stepsOfTurn = (int) Math.max(FIRST_STEPS + 1, Math.round(plan.turnSeconds * steps / counted));
      begin(training);
    } else {
      training.device().observe(null);
    }
  }

  /** Lets everything run that will be measured. */
  private void exercise(TrainingContext training) {
    switch (warmSteps++ % 20) {
      case 2 -> trainer.requestCheckpoint();
      case 4 -> training.device().observe(new Profiler(training.model()));
      case 8 -> training.device().observe(null);
      default -> {}
    }
  }

  private void end(TrainingContext training) {
    double seconds = (System.nanoTime() - begin) * 1e-9;
    turns.add(new Turn(mode, seconds, longest * 1e-9, inside));
    if (mode == Mode.CHECKPOINT && isWriting()) {
      late++;
    }
    if (mode == Mode.PROFILE) {
      training.device().observe(null);
    }
    if ((System.nanoTime() - start) * 1e-9 > plan.seconds && mode == Mode.NOTHING) {
      training.stop("time is up");
    }
    int n = turns.size(); // even numbers have nothing
    mode = n % 2 == 0 ? Mode.NOTHING : plan.modes.get(n / 2 % plan.modes.size());
    begin(training);
  }

  private void begin(TrainingContext training) {
    steps = 0;
    longest = 0;
    inside = 0;
    begin = System.nanoTime();
    stepBegin = begin;
    switch (mode) {
      case PAGE -> page.onEpochBegin(training); // so that no point spans turns without
      case CHECKPOINT -> trainer.requestCheckpoint(); // made when this returns
      case PROFILE -> training.device().observe(new Profiler(training.model()));
      case NOTHING -> {}
    }
  }

  /** Says whether a checkpoint's files are still hidden. */
  private boolean isWriting() {
    try (Stream<Path> all = Files.list(plan.checkpoints)) {
      return all.anyMatch(p -> p.getFileName().toString().startsWith(".step-"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void report(PrintStream out) {
    out.printf("turns of %d steps%n", stepsOfTurn);
    for (Mode one : plan.modes) {
      List<Double> ratios = new ArrayList<>();
      List<Double> extra = new ArrayList<>();
      List<Double> pauses = new ArrayList<>();
      double share = 0;
      double all = 0;
      for (int i = 1 + 2 * plan.modes.size();
          i + 1 < turns.size();
          i += 2) { // of each the first is cold
        Turn turn = turns.get(i);
        if (turn.mode == one) {
          double without = (turns.get(i - 1).seconds + turns.get(i + 1).seconds) / 2;
          ratios.add(turn.seconds / without);
          extra.add(turn.seconds - without);
          pauses.add(turn.longest - without / stepsOfTurn);
          share += turn.inside * 1e-9;
          all += turn.seconds;
        }
      }
      out.printf(
          "%s, %d turns: time with / without %s%n", one, ratios.size(), quartiles(ratios, 1));
      if (one == Mode.PAGE) {
        out.printf(
            "  share of the training's thread inside the page: %.2f %%%n", 100 * share / all);
      }
      if (one == Mode.CHECKPOINT) {
        out.printf("  seconds more for one checkpoint: %s%n", quartiles(extra, 1));
        out.printf("  at one a minute, %% of the time: %s%n", quartiles(extra, 100 / MINUTE));
        out.printf("  milliseconds more of the step that copies: %s%n", quartiles(pauses, 1000));
        out.printf("  not written when the turn ended: %d%n", late);
      }
    }
    List<Double> nothing =
        turns.stream()
            .filter(t -> t.mode == Mode.NOTHING)
            .map(t -> t.seconds / stepsOfTurn)
            .toList();
    out.printf("milliseconds of a step with nothing: %s%n", quartiles(nothing, 1000));
    checkSpread(out);
  }

  /** Says how far a turn with nothing is from its neighbors: what cannot be told apart from 1. */
  private void checkSpread(PrintStream out) {
    List<Double> ratios = new ArrayList<>();
    List<Turn> nothing = turns.stream().filter(t -> t.mode == Mode.NOTHING).toList();
    for (int i = 1; i + 1 < nothing.size(); i++) {
      ratios.add(
          2 * nothing.get(i).seconds / (nothing.get(i - 1).seconds + nothing.get(i + 1).seconds));
    }
    out.printf("nothing / nothing: %s%n", quartiles(ratios, 1));
  }

  private static String quartiles(List<Double> values, double scale) {
    if (values.isEmpty()) {
      return "none";
    }
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return "median %.4f, quartiles %.4f and %.4f"
        .formatted(
            scale * sorted.get(n / 2), scale * sorted.get(n / 4), scale * sorted.get(3 * n / 4));
  }
}

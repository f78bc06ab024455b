package io.cortado.train;

import io.cortado.io.FileException;
import io.cortado.optim.LRSchedule;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ParamGroup;
import io.cortado.optim.ReduceLROnPlateau;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a trainer sets the learning rates by. */
final class LearningRates {

  private List<LRSchedule> perEpoch = List.of();
  private List<LRSchedule> perStep = List.of();
  private @Nullable ReduceLROnPlateau plateau;

  void perEpoch(LRSchedule... schedules) {
    perEpoch = checked(schedules);
  }

  void perStep(LRSchedule... schedules) {
    perStep = checked(schedules);
  }

  void onPlateau(ReduceLROnPlateau schedule) {
    plateau = schedule;
  }

  private static List<LRSchedule> checked(LRSchedule... schedules) {
    if (schedules.length == 0) {
      throw new IllegalArgumentException(
          "schedule: give one schedule for all parameter groups, or one for each");
    }
    return List.of(schedules);
  }

  /** Complains about schedules that undo each other. */
  void check(Monitor monitor) {
    ReduceLROnPlateau p = plateau;
    int count = (perEpoch.isEmpty() ? 0 : 1) + (perStep.isEmpty() ? 0 : 1) + (p == null ? 0 : 1);
    if (count > 1) {
      throw new IllegalStateException(
          "fit: of schedule(...), scheduleSteps(...) and schedule(reduceLROnPlateau) only one can be set,"
              + " as each sets the rate anew; combine schedules by SequentialLR or ChainedScheduler");
    }
    if (p != null && monitor.higherIsBetter() != (p.mode() == ReduceLROnPlateau.Mode.MAX)) {
      throw new IllegalStateException(
          "fit: reduceLROnPlateau is of mode "
              + p.mode()
              + ", and of '"
              + monitor.name()
              + "', which it watches, "
              + (monitor.higherIsBetter() ? "larger" : "smaller")
              + " numbers are better; set its mode, or another number by monitor(...)");
    }
  }

  void beforeEpoch(Optimizer optimizer, long epochsDone) {
    set(optimizer, perEpoch, epochsDone);
  }

  void beforeStep(Optimizer optimizer, long stepsDone) {
    set(optimizer, perStep, stepsDone);
  }

  private static void set(Optimizer optimizer, List<LRSchedule> schedules, long t) {
    if (schedules.size() == 1) {
      optimizer.schedule(schedules.getFirst(), t);
    } else if (!schedules.isEmpty()) {
      optimizer.schedule(schedules, t);
    }
  }

  /** Keeps the rates, and what the schedule that has a memory remembers. */
  void capture(Optimizer optimizer, StateTexts texts) {
    List<ParamGroup> groups = optimizer.groups();
    for (int i = 0; i < groups.size(); i++) {
      texts.put("lr." + i, groups.get(i).lr());
    }
    if (plateau != null) {
      ReduceLROnPlateau.State s = plateau.state();
      texts.put("plateau.best", s.best());
      texts.put("plateau.bad_epochs", s.badEpochs());
      texts.put("plateau.cooldown", s.cooldown());
      texts.put("plateau.epochs", s.epochs());
    }
  }

  /**
   * What {@link #capture} kept.
   *
   * @param lrs a rate for each parameter group
   * @param plateau what the schedule that has a memory remembers, null for nothing
   */
  record State(double[] lrs, ReduceLROnPlateau.@Nullable State plateau) {

    /**
     * Reads it.
     *
     * @throws FileException if something is missing, or is no rate
     */
    static State of(int groups, StateTexts texts) {
      double[] lrs = new double[groups];
      for (int i = 0; i < groups; i++) {
        lrs[i] = texts.number("lr." + i);
        if (!(lrs[i] >= 0 && Double.isFinite(lrs[i]))) {
          throw FileException.of(
              texts.source(), "says a learning rate of " + lrs[i], "use another checkpoint");
        }
      }
      return new State(lrs, texts.has("plateau.best") ? texts.made(() -> plateau(texts)) : null);
    }

    private static ReduceLROnPlateau.State plateau(StateTexts texts) {
      return new ReduceLROnPlateau.State(
          texts.number("plateau.best"),
          texts.count("plateau.bad_epochs"),
          texts.count("plateau.cooldown"),
          texts.whole("plateau.epochs"));
    }
  }

  /** Goes on from where {@link #capture} was. */
  void restore(Optimizer optimizer, State from) {
    List<ParamGroup> groups = optimizer.groups();
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).setLr(from.lrs[i]);
    }
    if (plateau != null && from.plateau != null) {
      plateau.restore(from.plateau);
    }
  }

  void afterEpoch(Optimizer optimizer, Monitor monitor, EpochResult result) {
    if (plateau != null) {
      plateau.step(optimizer, result.value(monitor.name()));
    }
  }
}

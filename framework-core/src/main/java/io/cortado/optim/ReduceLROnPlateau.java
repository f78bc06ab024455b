package io.cortado.optim;

import java.util.Arrays;
import java.util.List;

/**
 * Lowers the learning rate when a number has not become better for some time.
 *
 * <p>After more than patience epochs without a better number, each group's rate becomes {@code
 * max(lr * factor, minLr)}, unless that is a change of eps or less; then it waits for cooldown
 * epochs. Better is, in mode MIN, below {@code best * (1 - threshold)} (REL) or {@code best -
 * threshold} (ABS); in mode MAX above {@code best * (1 + threshold)} or {@code best + threshold}.
 * Numbers below 0 had best be compared in mode ABS: REL asks less than no improvement of them, as
 * in PyTorch. NaN is never better.
 *
 * <pre>{@code
 * ReduceLROnPlateau plateau = new ReduceLROnPlateau().patience(3).factor(0.5);
 * for (...) {
 *   ...
 *   plateau.step(optimizer, validationLoss);
 * }
 * }</pre>
 *
 * <p>It is the one schedule with a memory: {@link #state()} returns it and {@link #restore} puts it
 * back. The rates themselves are the optimizer's ({@link ParamGroup#lr()}).
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html">ReduceLROnPlateau</a>
 */
public final class ReduceLROnPlateau {

  /** Which numbers are better. */
  public enum Mode {
    /** Smaller ones. */
    MIN,
    /** Larger ones. */
    MAX
  }

  /** How the threshold is meant. */
  public enum ThresholdMode {
    /** As a share of the best number. */
    REL,
    /** As a difference. */
    ABS
  }

  /**
   * All that has to be kept for a later run.
   *
   * @param best the best number so far; infinite at first
   * @param badEpochs how many epochs since then did not count as better
   * @param cooldown how many epochs it still waits
   * @param epochs how many numbers it has been given
   */
  public record State(double best, int badEpochs, int cooldown, long epochs) {

    /** Checks the values. */
    public State {
      if (Double.isNaN(best) || badEpochs < 0 || cooldown < 0 || epochs < 0) {
        throw new IllegalArgumentException(
            "reduceLROnPlateau: best "
                + best
                + ", badEpochs "
                + badEpochs
                + ", cooldown "
                + cooldown
                + ", epochs "
                + epochs
                + " is no state of it; pass what state() returned");
      }
    }
  }

  private static final String NAME = "reduceLROnPlateau";

  private Mode mode = Mode.MIN;
  private double factor = 0.1;
  private int patience = 10;
  private double threshold = 1e-4;
  private ThresholdMode thresholdMode = ThresholdMode.REL;
  private int cooldown;
  private double[] minLr = {0};
  private double eps = 1e-8;
  private double best = Double.POSITIVE_INFINITY;
  private int badEpochs;
  private int coolingDown;
  private long epochs;

  /** Makes a schedule with PyTorch's defaults, which lowers to a tenth after ten bad epochs. */
  public ReduceLROnPlateau() {}

  /** Sets which numbers are better; at first smaller ones. */
  public ReduceLROnPlateau mode(Mode better) {
    checkUnused();
    mode = better;
    best = worst();
    return this;
  }

  /** Returns which numbers are better. */
  public Mode mode() {
    return mode;
  }

  /** Sets what the rate is multiplied by; at least 0 and below 1. */
  public ReduceLROnPlateau factor(double by) {
    checkUnused();
    factor = OptionChecks.fraction("ReduceLROnPlateau", "factor", by);
    return this;
  }

  /** Sets how many epochs without a better number it waits for. */
  public ReduceLROnPlateau patience(int count) {
    checkUnused();
    ScheduleChecks.notNegative(NAME, "the patience", count);
    patience = count;
    return this;
  }

  /** Sets by how much a number has to be better to count. */
  public ReduceLROnPlateau threshold(double value, ThresholdMode as) {
    checkUnused();
    ScheduleChecks.notNegative(NAME, "the threshold", value);
    threshold = value;
    thresholdMode = as;
    return this;
  }

  /** Sets how many epochs it counts no bad ones after it has lowered the rate. */
  public ReduceLROnPlateau cooldown(int count) {
    checkUnused();
    ScheduleChecks.notNegative(NAME, "the cooldown", count);
    cooldown = count;
    return this;
  }

  /** Sets the lowest rate, one for all groups or one for each. */
  public ReduceLROnPlateau minLr(double... lowest) {
    checkUnused();
    for (double lr : lowest) {
      ScheduleChecks.notNegative(NAME, "minLr", lr);
    }
    minLr = lowest.clone();
    return this;
  }

  /** Sets how large a change of the rate has to be to be made. */
  public ReduceLROnPlateau eps(double smallest) {
    checkUnused();
    ScheduleChecks.notNegative(NAME, "eps", smallest);
    eps = smallest;
    return this;
  }

  private void checkUnused() {
    if (epochs > 0) {
      throw new IllegalStateException(NAME + ": set options before the first step");
    }
  }

  private double worst() {
    return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /**
   * Takes in a number, and lowers the rates if it is time.
   *
   * @return whether it was time
   * @throws IllegalArgumentException if minLr was given a number of rates that is neither one nor
   *     the number of the optimizer's groups
   */
  public boolean step(Optimizer optimizer, double metric) {
    List<ParamGroup> groups = optimizer.groups();
    if (minLr.length != 1 && minLr.length != groups.size()) {
      throw new IllegalArgumentException(
          NAME
              + ": minLr "
              + Arrays.toString(minLr)
              + " for an optimizer of "
              + groups.size()
              + " groups; give one rate for all, or one for each");
    }
    epochs++;
    if (isBetter(metric)) {
      best = metric;
      badEpochs = 0;
    } else {
      badEpochs++;
    }
    if (coolingDown > 0) {
      coolingDown--;
      badEpochs = 0;
    }
    if (badEpochs <= patience) {
      return false;
    }
    lower(groups);
    coolingDown = cooldown;
    badEpochs = 0;
    return true;
  }

  private void lower(List<ParamGroup> groups) {
    for (int i = 0; i < groups.size(); i++) {
      double before = groups.get(i).lr();
      double after = Math.max(before * factor, minLr[minLr.length == 1 ? 0 : i]);
      if (before - after > eps) {
        groups.get(i).setLr(after);
      }
    }
  }

  private boolean isBetter(double value) {
    return switch (mode) {
      case MIN ->
          thresholdMode == ThresholdMode.REL
              ? value < best * (1 - threshold)
              : value < best - threshold;
      case MAX ->
          thresholdMode == ThresholdMode.REL
              ? value > best * (1 + threshold)
              : value > best + threshold;
    };
  }

  /** Returns what has to be kept for a later run, beside the options and the optimizer's rates. */
  public State state() {
    return new State(best, badEpochs, coolingDown, epochs);
  }

  /** Goes on from where another run was, of the same options. */
  public void restore(State state) {
    best = state.best;
    badEpochs = state.badEpochs;
    coolingDown = state.cooldown;
    epochs = state.epochs;
  }
}

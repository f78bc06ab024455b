package io.cortado.optim;

import org.jspecify.annotations.Nullable;

/**
 * Rises once to a high rate, then falls far below where it began.
 *
 * <p>From {@code maxLr / divFactor} it rises to maxLr until step {@code pctStart * totalSteps - 1},
 * and falls to {@code maxLr / divFactor / finalDivFactor} at the last step; with {@link
 * #threePhase} it falls to where it began first, equally fast. On the way from a to b it is, a
 * share p of it done, {@code b + (a - b)(1 + cos(pi p)) / 2} or {@code a + (b - a) p}. The momentum
 * falls and rises against it, unless {@link #cycleMomentum} turns that off; the optimizer has to
 * have one.
 *
 * <p>It counts steps, those of all epochs, and cannot be chained; as in PyTorch the optimizer's own
 * learning rate does not count. Beyond totalSteps it throws. At t = totalSteps, which a loop asks
 * for that moves the schedule after its last step, the rate stays what it was, where PyTorch goes
 * past its end.
 *
 * @param maxLr the highest rate
 * @param totalSteps how many steps there are in all
 * @param pctStart the share of the steps in which it rises, from 0 to 1
 * @param anneal along which curve
 * @param threePhase whether it falls in two phases
 * @param momenta between which the momentum moves; null for not at all
 * @param divFactor the highest rate by the first
 * @param finalDivFactor the first rate by the last
 * @see <a href="https://arxiv.org/abs/1708.07120">Smith and Topin, Super-Convergence (2017)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html">OneCycleLR</a>
 */
public record OneCycleLR(
    double maxLr,
    long totalSteps,
    double pctStart,
    Anneal anneal,
    boolean threePhase,
    @Nullable MomentumRange momenta,
    double divFactor,
    double finalDivFactor)
    implements LRSchedule {

  /** A curve between two rates. */
  public enum Anneal {
    /** Half a cosine. */
    COS,
    /** A line. */
    LINEAR
  }

  /** Checks the values. */
  public OneCycleLR {
    ScheduleChecks.notNegative("OneCycleLR", "maxLr", maxLr);
    ScheduleChecks.atLeastOne("OneCycleLR", "totalSteps", totalSteps);
    ScheduleChecks.fromZeroToOne("OneCycleLR", "pctStart", pctStart);
    ScheduleChecks.positive("OneCycleLR", "divFactor", divFactor);
    ScheduleChecks.positive("OneCycleLR", "finalDivFactor", finalDivFactor);
    if (threePhase && pctStart > 0.5) {
      throw new IllegalArgumentException(
          "OneCycleLR: pctStart is "
              + pctStart
              + "; of three phases two have that share each, so it can be 0.5 at most");
    }
  }

  /**
   * Makes a schedule with PyTorch's defaults: three tenths of the steps up, cosines, two phases,
   * momenta of 0.85 to 0.95, from a 25th of the highest rate to a 10,000th of that.
   */
  public OneCycleLR(double maxLr, long totalSteps) {
    this(maxLr, totalSteps, 0.3, Anneal.COS, false, new MomentumRange(0.85, 0.95), 25, 1e4);
  }

  /** Returns the same with another share of steps in which it rises. */
  public OneCycleLR pctStart(double share) {
    return new OneCycleLR(
        maxLr, totalSteps, share, anneal, threePhase, momenta, divFactor, finalDivFactor);
  }

  /** Returns the same along another curve. */
  public OneCycleLR anneal(Anneal along) {
    return new OneCycleLR(
        maxLr, totalSteps, pctStart, along, threePhase, momenta, divFactor, finalDivFactor);
  }

  /** Returns the same in three phases or in two. */
  public OneCycleLR threePhase(boolean three) {
    return new OneCycleLR(
        maxLr, totalSteps, pctStart, anneal, three, momenta, divFactor, finalDivFactor);
  }

  /** Returns the same with other momenta; null leaves the momentum alone. */
  public OneCycleLR cycleMomentum(@Nullable MomentumRange between) {
    return new OneCycleLR(
        maxLr, totalSteps, pctStart, anneal, threePhase, between, divFactor, finalDivFactor);
  }

  /** Returns the same with other first and last rates. */
  public OneCycleLR divFactors(double first, double last) {
    return new OneCycleLR(maxLr, totalSteps, pctStart, anneal, threePhase, momenta, first, last);
  }

  @Override
  public double lr(double initial, long t) {
    double first = maxLr / divFactor;
    return at(t, first, maxLr, first / finalDivFactor);
  }

  @Override
  public boolean cyclesMomentum() {
    return momenta != null;
  }

  @Override
  public double momentum(double initial, long t) {
    MomentumRange m = momenta;
    return m == null ? initial : at(t, m.max(), m.base(), m.max());
  }

  /** Goes from one value to a second and on to a third. */
  private double at(long t, double first, double top, double last) {
    if (t > totalSteps) {
      throw new IllegalStateException(
          "OneCycleLR: step "
              + (t + 1)
              + " of a schedule of "
              + totalSteps
              + "; give it the steps of all epochs as totalSteps");
    }
    double end = totalSteps - 1.0;
    double step = Math.min(t, end);
    double risen = pctStart * totalSteps - 1;
    double fallen = 2 * pctStart * totalSteps - 2;
    if (step <= risen) {
      return between(first, top, step, risen);
    }
    if (!threePhase) {
      return between(top, last, step - risen, end - risen);
    }
    return step <= fallen
        ? between(top, first, step - risen, fallen - risen)
        : between(first, last, step - fallen, end - fallen);
  }

  private double between(double from, double to, double done, double length) {
    double p = length == 0 ? 1 : done / length;
    return switch (anneal) {
      case COS -> to + (from - to) / 2 * (Math.cos(Math.PI * p) + 1);
      case LINEAR -> (to - from) * p + from;
    };
  }
}

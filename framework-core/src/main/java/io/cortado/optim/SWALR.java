package io.cortado.optim;

/**
 * Goes from the rate there is to a constant one, for averaging weights: {@code (1 - a) initial + a
 * swaLr}, with {@code a = t / annealEpochs}, or half a cosine of it, and 1 from there on.
 *
 * <p>Weights are averaged late in training, when another schedule has been at work; {@link #after}
 * goes on from that one's rate.
 *
 * @param swaLr the rate that it comes to
 * @param annealEpochs how long that takes; 0 for at once
 * @param anneal the way there
 * @see <a href="https://arxiv.org/abs/1803.05407">Izmailov et al., Averaging Weights Leads to Wider
 *     Optima and Better Generalization (2018)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.SWALR.html">SWALR</a>
 */
public record SWALR(double swaLr, long annealEpochs, Anneal anneal) implements LRSchedule {

  /** The way from one rate to the other. */
  public enum Anneal {
    /** Along half a cosine. */
    COS,
    /** Along a line. */
    LINEAR
  }

  /** Checks the values. */
  public SWALR {
    ScheduleChecks.notNegative("SWALR", "swaLr", swaLr);
    ScheduleChecks.notNegative("SWALR", "annealEpochs", annealEpochs);
  }

  /** Goes along half a cosine in ten epochs, as PyTorch's defaults do. */
  public SWALR(double swaLr) {
    this(swaLr, 10, Anneal.COS);
  }

  private double share(long t) {
    if (annealEpochs == 0) {
      return 1;
    }
    double done = Math.clamp((double) t / annealEpochs, 0, 1);
    return anneal == Anneal.LINEAR ? done : (1 - Math.cos(Math.PI * done)) / 2;
  }

  @Override
  public double lr(double initial, long t) {
    double a = share(t);
    return swaLr * a + initial * (1 - a);
  }

  @Override
  public double chained(double current, double initial, long t) {
    double before = t == 0 ? 0 : share(t - 1);
    double a = share(t);
    return before == 1 ? swaLr : swaLr * a + (current - before * swaLr) / (1 - before) * (1 - a);
  }

  /**
   * Returns a schedule that is another one until some time, and goes on from its rate; where it
   * sets the momentum, that stays as it was then.
   *
   * @param before the schedule until then
   * @param start when weights are first averaged
   * @throws IllegalArgumentException if the start is negative
   */
  public LRSchedule after(LRSchedule before, long start) {
    ScheduleChecks.notNegative("SWALR", "the start", start);
    return new After(this, before, start);
  }

  /** Another schedule, and then this. */
  private record After(SWALR then, LRSchedule before, long start) implements LRSchedule {

    @Override
    public double lr(double initial, long t) {
      return t < start ? before.lr(initial, t) : then.lr(before.lr(initial, start), t - start);
    }

    @Override
    public boolean cyclesMomentum() {
      return before.cyclesMomentum();
    }

    @Override
    public double momentum(double initial, long t) {
      return before.momentum(initial, Math.min(t, start));
    }
  }
}

package io.cortado.optim;

/**
 * Goes down along half a cosine again and again: {@code etaMin + (initial - etaMin) (1 + cos(pi c /
 * l)) / 2}, c being the time since the last restart and l the length of this round.
 *
 * <p>The first round has the length t0, each later one tMult times that of the one before. PyTorch
 * takes fractions of an epoch; here t counts whole ones, so for a change at each step let it count
 * steps, with t0 in steps. It cannot be chained.
 *
 * @param t0 the length of the first round
 * @param tMult by how much each round is longer than the one before
 * @param etaMin the rate that each round goes down to
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter, SGDR (2016)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html">CosineAnnealingWarmRestarts</a>
 */
public record CosineAnnealingWarmRestarts(long t0, long tMult, double etaMin)
    implements LRSchedule {

  /** Checks the values. */
  public CosineAnnealingWarmRestarts {
    ScheduleChecks.atLeastOne("CosineAnnealingWarmRestarts", "t0", t0);
    ScheduleChecks.atLeastOne("CosineAnnealingWarmRestarts", "tMult", tMult);
    ScheduleChecks.notNegative("CosineAnnealingWarmRestarts", "etaMin", etaMin);
  }

  /** Makes rounds of one length that go down to 0. */
  public CosineAnnealingWarmRestarts(long t0) {
    this(t0, 1, 0);
  }

  @Override
  public double lr(double initial, long t) {
    long since = t;
    long length = t0;
    if (tMult == 1) {
      since %= t0;
    }
    while (since >= length) {
      since -= length;
      length *= tMult;
    }
    return etaMin + (initial - etaMin) * (1 + Math.cos(Math.PI * since / length)) / 2;
  }
}

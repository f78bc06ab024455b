package io.cortado.optim;

/**
 * Goes down along half a cosine: {@code etaMin + (initial - etaMin) (1 + cos(pi t / tMax)) / 2}.
 *
 * <p>Beyond tMax it goes up again, as PyTorch's does. Chained with others, it has PyTorch's quirk:
 * where it begins to rise, at {@code t = tMax + 1}, it adds a part of the initial rate, whatever
 * the others have made of that.
 *
 * @param tMax when it is at the bottom
 * @param etaMin the rate there
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter, SGDR (2016)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html">CosineAnnealingLR</a>
 */
public record CosineAnnealingLR(long tMax, double etaMin) implements LRSchedule {

  /** Checks the values. */
  public CosineAnnealingLR {
    ScheduleChecks.atLeastOne("CosineAnnealingLR", "tMax", tMax);
    ScheduleChecks.notNegative("CosineAnnealingLR", "etaMin", etaMin);
  }

  /** Goes down to 0. */
  public CosineAnnealingLR(long tMax) {
    this(tMax, 0);
  }

  @Override
  public double lr(double initial, long t) {
    return etaMin + (initial - etaMin) * (1 + Math.cos(Math.PI * t / tMax)) / 2;
  }

  @Override
  public double chained(double current, double initial, long t) {
    if (t == 0) {
      return current;
    }
    if (Math.floorMod(t - 1 - tMax, 2 * tMax) == 0) {
      return current + (initial - etaMin) * (1 - Math.cos(Math.PI / tMax)) / 2;
    }
    double ratio = (1 + Math.cos(Math.PI * t / tMax)) / (1 + Math.cos(Math.PI * (t - 1) / tMax));
    return ratio * (current - etaMin) + etaMin;
  }
}

package io.cortado.optim;

/**
 * Goes down along half a cosine: {@code etaMin + (initial - etaMin) (1 + cos(pi t / tMax)) / 2}.
 *
 * <p>Beyond tMax it goes up again, as PyTorch's does.
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
    if (tMax < 1) {
      throw new IllegalArgumentException(
          "CosineAnnealingLR: tMax is " + tMax + ", it has to be at least 1");
    }
    Optimizer.checkLr(etaMin);
  }

  /** Goes down to 0. */
  public CosineAnnealingLR(long tMax) {
    this(tMax, 0);
  }

  @Override
  public double lr(double initial, long t) {
    return etaMin + (initial - etaMin) * (1 + Math.cos(Math.PI * t / tMax)) / 2;
  }
}

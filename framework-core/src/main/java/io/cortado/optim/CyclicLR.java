package io.cortado.optim;

import org.jspecify.annotations.Nullable;

/**
 * Goes up and down between two rates, in triangles: {@code baseLr + (maxLr - baseLr) * height *
 * scale}, the height growing from 0 to 1 in stepSizeUp steps and falling again in stepSizeDown.
 *
 * <p>The momentum moves the other way, {@code max - (max - base) * height * scale}, unless {@link
 * #cycleMomentum} turns that off; the optimizer has to have one. As in PyTorch the optimizer's own
 * learning rate does not count. It counts steps, and cannot be chained.
 *
 * <pre>{@code
 * new CyclicLR(0.01, 0.1).stepSize(500, 1500).scale(new CyclicScale.Triangular2())
 * }</pre>
 *
 * @param baseLr the lower rate, at first
 * @param maxLr the higher rate
 * @param stepSizeUp how many steps it goes up
 * @param stepSizeDown how many steps it goes down
 * @param scale by what each triangle's height is scaled
 * @param momenta between which the momentum moves; null for not at all
 * @see <a href="https://arxiv.org/abs/1506.01186">Smith, Cyclical Learning Rates for Training
 *     Neural Networks (2015)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html">CyclicLR</a>
 */
public record CyclicLR(
    double baseLr,
    double maxLr,
    long stepSizeUp,
    long stepSizeDown,
    CyclicScale scale,
    @Nullable MomentumRange momenta)
    implements LRSchedule {

  /** Checks the values. */
  public CyclicLR {
    ScheduleChecks.notNegative("CyclicLR", "baseLr", baseLr);
    ScheduleChecks.notNegative("CyclicLR", "maxLr", maxLr);
    if (maxLr < baseLr) {
      throw new IllegalArgumentException(
          "CyclicLR: maxLr " + maxLr + " is below baseLr " + baseLr + "; exchange them");
    }
    ScheduleChecks.atLeastOne("CyclicLR", "stepSizeUp", stepSizeUp);
    ScheduleChecks.atLeastOne("CyclicLR", "stepSizeDown", stepSizeDown);
  }

  /** Makes equal triangles of 2000 steps up and down, with momenta of 0.8 to 0.9. */
  public CyclicLR(double baseLr, double maxLr) {
    this(baseLr, maxLr, 2000, 2000, new CyclicScale.Triangular(), new MomentumRange(0.8, 0.9));
  }

  /** Returns the same with other lengths. */
  public CyclicLR stepSize(long up, long down) {
    return new CyclicLR(baseLr, maxLr, up, down, scale, momenta);
  }

  /** Returns the same with other heights. */
  public CyclicLR scale(CyclicScale by) {
    return new CyclicLR(baseLr, maxLr, stepSizeUp, stepSizeDown, by, momenta);
  }

  /** Returns the same with other momenta; null leaves the momentum alone. */
  public CyclicLR cycleMomentum(@Nullable MomentumRange between) {
    return new CyclicLR(baseLr, maxLr, stepSizeUp, stepSizeDown, scale, between);
  }

  private double height(long t) {
    long total = stepSizeUp + stepSizeDown;
    long at = t % total;
    double height =
        at <= stepSizeUp ? (double) at / stepSizeUp : (double) (total - at) / stepSizeDown;
    return height * scale.at(t / total + 1, t);
  }

  @Override
  public double lr(double initial, long t) {
    return baseLr + (maxLr - baseLr) * height(t);
  }

  @Override
  public boolean cyclesMomentum() {
    return momenta != null;
  }

  @Override
  public double momentum(double initial, long t) {
    MomentumRange m = momenta;
    return m == null ? initial : m.max() - (m.max() - m.base()) * height(t);
  }
}

package io.cortado.optim;

/** Asks schedules, and checks what they say. */
final class Scheduled {

  private Scheduled() {}

  static double lr(LRSchedule schedule, ParamGroup group, long t) {
    double lr = schedule.lr(group.initialLr(), t);
    if (!(lr >= 0) || Double.isInfinite(lr)) {
      throw new IllegalArgumentException(
          "schedule: "
              + schedule
              + " comes to a learning rate of "
              + lr
              + " at t = "
              + t
              + ", from an initial one of "
              + group.initialLr()
              + "; it has to be a number of 0 or more");
    }
    return lr;
  }

  static double momentum(LRSchedule schedule, double own, long t, Optimizer optimizer) {
    if (!(own > 0)) {
      throw new IllegalArgumentException(
          "schedule: "
              + schedule
              + " cycles the momentum, and "
              + optimizer
              + " has none; set one before attach, or turn that off by cycleMomentum(null)");
    }
    double momentum = schedule.momentum(own, t);
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "schedule: "
              + schedule
              + " comes to a momentum of "
              + momentum
              + " at t = "
              + t
              + "; it has to be at least 0 and below 1");
    }
    return momentum;
  }
}

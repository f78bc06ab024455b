package io.cortado.optim;

import java.util.function.LongToDoubleFunction;

/** By what a {@link CyclicLR} scales the height of its triangles. */
public sealed interface CyclicScale {

  /**
   * Returns the factor.
   *
   * @param cycle the number of the cycle, from 1
   * @param t how many steps have been done
   */
  double at(long cycle, long t);

  /** All triangles are equally high. */
  record Triangular() implements CyclicScale {
    @Override
    public double at(long cycle, long t) {
      return 1;
    }
  }

  /** Each triangle is half as high as the one before. */
  record Triangular2() implements CyclicScale {
    @Override
    public double at(long cycle, long t) {
      return Math.pow(2, 1 - cycle);
    }
  }

  /**
   * The height falls as {@code gamma^t}.
   *
   * @param gamma the factor of one step
   */
  record ExpRange(double gamma) implements CyclicScale {

    /** Checks the value. */
    public ExpRange {
      ScheduleChecks.notNegative("CyclicLR", "gamma", gamma);
    }

    @Override
    public double at(long cycle, long t) {
      return Math.pow(gamma, t);
    }
  }

  /**
   * A function of the cycle's number, from 1: PyTorch's {@code scale_mode='cycle'}.
   *
   * @param scaleFn the function, from 0 to 1
   */
  record OfCycle(LongToDoubleFunction scaleFn) implements CyclicScale {
    @Override
    public double at(long cycle, long t) {
      return scaleFn.applyAsDouble(cycle);
    }
  }

  /**
   * A function of the number of steps done: PyTorch's {@code scale_mode='iterations'}.
   *
   * @param scaleFn the function, from 0 to 1
   */
  record OfIterations(LongToDoubleFunction scaleFn) implements CyclicScale {
    @Override
    public double at(long cycle, long t) {
      return scaleFn.applyAsDouble(t);
    }
  }
}

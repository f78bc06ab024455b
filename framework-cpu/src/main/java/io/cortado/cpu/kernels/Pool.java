package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PoolSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.PoolKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Poolings and their gradients, NCHW: maximum, averages and sum, with padding, dilation, ceil mode
 * and adaptive windows.
 *
 * <p>A block of work is a few planes; a plane's windows are visited in order, so that a gradient is
 * added in one order whatever the number of workers. Windows of 2 x 2 side by side go to the {@link
 * PoolKernel} by planes, those inside the image by rows, all others to loops that take any window.
 * The maximum keeps the index of each winner for the backward pass. Bound by memory for small
 * windows that do not overlap.
 */
public final class Pool {

  private static final PoolSpec NOTHING =
      new PoolSpec(PoolSpec.Mode.MAX, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, false);

  private final PoolKernel kernel;
  private final Workers workers;
  private final MaxWindows max;
  private final SumWindows sum;
  private final FloatScratch[] staged;
  private final PlanCache<PoolSpec, PoolPlan> plans = new PlanCache<>(PoolPlan::of);
  private final BlockTask forwardTask = this::forwardBlock;
  private final BlockTask backwardTask = this::backwardBlock;

  // The call in progress: kept here so that no object is made for it. Input and output are dx and
  // dy going backward.
  private PoolPlan plan = PoolPlan.of(NOTHING);
  private float[] input = {};
  private float[] output = {};
  private int @Nullable [] reserve;
  private int inputOff;
  private int outputOff;
  private int reserveOff;
  private float beta;

  /** Makes the poolings' kernel; used by one thread at a time. */
  public Pool(PoolKernel kernel, Workers workers) {
    this.kernel = kernel;
    this.workers = workers;
    max = new MaxWindows(kernel);
    sum = new SumWindows(kernel);
    staged = FloatScratch.each(workers.count());
  }

  /** Returns how many int32 elements the backward pass needs of the forward pass. */
  public long reserveSize(PoolSpec spec) {
    return spec.mode() == PoolSpec.Mode.MAX ? spec.outputShape().size() : 0;
  }

  /**
   * Computes a pooling.
   *
   * @param reserve receives {@link #reserveSize} elements; null if no backward pass will follow
   */
  public void forward(
      PoolSpec spec,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int @Nullable [] reserve,
      int reserveOff) {
    prepare("pool", "x", "y", spec, x, xOff, y, yOff, reserve, reserveOff);
    workers.run(Extents.ceilDiv(plan.planes(), plan.planesPerBlock()), forwardTask);
  }

  /**
   * Computes a pooling's gradient, {@code dx = ... + beta * dx}.
   *
   * @param reserve what the forward pass left; null where {@link #reserveSize} is 0
   */
  public void backward(
      PoolSpec spec,
      int @Nullable [] reserve,
      int reserveOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dx,
      int dxOff) {
    if (reserve == null && spec.mode() == PoolSpec.Mode.MAX) {
      throw new IllegalArgumentException(
          "poolBackward: the gradient of a maximum needs the forward pass's reserve");
    }
    prepare("poolBackward", "dx", "dy", spec, dx, dxOff, dy, dyOff, reserve, reserveOff);
    this.beta = beta;
    workers.run(Extents.ceilDiv(plan.planes(), plan.planesPerBlock()), backwardTask);
  }

  private void prepare(
      String operation,
      String inputName,
      String outputName,
      PoolSpec spec,
      float[] input,
      int inputOff,
      float[] output,
      int outputOff,
      int @Nullable [] reserve,
      int reserveOff) {
    long planes = (long) spec.n() * spec.c();
    Extents.check(operation, inputName, planes * spec.h() * spec.w(), inputOff, input);
    Extents.check(operation, outputName, planes * spec.outH() * spec.outW(), outputOff, output);
    plan = plans.get(spec);
    this.input = input;
    this.inputOff = inputOff;
    this.output = output;
    this.outputOff = outputOff;
    this.reserve = reserve;
    this.reserveOff = reserveOff;
  }

  private void forwardBlock(int block, int worker) {
    int first = block * plan.planesPerBlock();
    int end = Blocks.end(first, plan.planesPerBlock(), plan.planes());
    boolean isMax = plan.spec().mode() == PoolSpec.Mode.MAX;
    if (plan.pairs()) {
      forwardPairs(isMax, first, end - first);
      return;
    }
    WindowRows rows = plan.windowRows();
    float[] scratch = staged[worker].get(rows == null ? 0 : rows.stagedPlane());
    for (int p = first; p < end; p++) {
      int in = inputOff + p * plan.inputPlane();
      int out = outputOff + p * plan.outputPlane();
      int room = (end - p) * plan.outputPlane();
      if (isMax) {
        int at = reserveOff + p * plan.outputPlane();
        max.forward(plan, input, in, scratch, room, output, out, reserve, at);
      } else {
        sum.forward(plan, input, in, scratch, room, output, out);
      }
    }
  }

  private void forwardPairs(boolean isMax, int first, int planes) {
    int h = plan.spec().h();
    int w = plan.spec().w();
    int in = inputOff + first * plan.inputPlane();
    int out = outputOff + first * plan.outputPlane();
    if (isMax) {
      int at = reserveOff + first * plan.outputPlane();
      kernel.maxPairs(planes, h, w, input, in, output, out, reserve, at);
    } else {
      kernel.sumPairs(planes, h, w, input, in, pairScale(), output, out);
    }
  }

  /** Returns one over the divisor of pairs: it is 1 or 4, so a product has the bits of a ratio. */
  private float pairScale() {
    return 1 / plan.divisor()[0];
  }

  private void backwardBlock(int block, int worker) {
    int first = block * plan.planesPerBlock();
    int end = Blocks.end(first, plan.planesPerBlock(), plan.planes());
    int[] winners = reserve;
    if (plan.pairs()) {
      backwardPairs(winners, first, end - first);
      return;
    }
    for (int p = first; p < end; p++) {
      int in = inputOff + p * plan.inputPlane();
      int out = outputOff + p * plan.outputPlane();
      if (beta == 0) {
        Arrays.fill(input, in, in + plan.inputPlane(), 0);
      }
      if (plan.spec().mode() != PoolSpec.Mode.MAX) {
        sum.backward(plan, output, out, input, in);
      } else if (winners != null) {
        int at = reserveOff + p * plan.outputPlane();
        max.backward(plan, winners, at, output, out, input, in);
      }
    }
  }

  private void backwardPairs(int @Nullable [] winners, int first, int planes) {
    int h = plan.spec().h();
    int w = plan.spec().w();
    int in = inputOff + first * plan.inputPlane();
    int out = outputOff + first * plan.outputPlane();
    if (plan.spec().mode() != PoolSpec.Mode.MAX) {
      kernel.sumPairsBackward(planes, h, w, output, out, pairScale(), beta, input, in);
    } else if (winners != null) {
      int at = reserveOff + first * plan.outputPlane();
      kernel.maxPairsBackward(planes, h, w, winners, at, output, out, beta, input, in);
    }
  }
}

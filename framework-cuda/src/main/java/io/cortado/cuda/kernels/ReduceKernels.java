package io.cortado.cuda.kernels;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.cuda.Scratch;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;

/** Sums over axes, and the place of the largest element. */
public final class ReduceKernels extends Family {

  private static final int MAX = KernelSource.MAX_AXES;

  /** How many elements a thread sums before it is worth having more of them. */
  private static final long SERIAL = 64;

  /** How many threads fill a device. */
  private static final long ENOUGH = (long) MAX_BLOCKS * BLOCK;

  /** Makes the family of a device. */
  public ReduceKernels(Kernels kernels) {
    super(kernels, "reduce.cu");
  }

  /** See {@link io.cortado.backend.Backend#reduce}. */
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    long results = spec.out().size();
    if (results == 0) {
      return;
    }
    long count = spec.count();
    float divisor = spec.op() == ReduceOp.MEAN ? (float) count : 1f;
    Plan plan = Plan.of(spec);
    int chunks = chunks(results, count, plan.innermostSummed);
    if (chunks == 1) {
      pass(plan, results, count, 1, divisor, beta, x, y);
      return;
    }
    try (Scratch parts = kernels().context.memory().scratch(results * chunks * Float.BYTES)) {
      CUdeviceptr sums = parts.pointer();
      pass(plan, results, count, chunks, 1, 0, x, sums);
      pass(Plan.rows(results, chunks), results, chunks, 1, divisor, beta, sums, y);
    }
  }

  private void pass(
      Plan plan,
      long results,
      long count,
      int chunks,
      float divisor,
      float beta,
      Object x,
      Object y) {
    long n = results * chunks;
    boolean byBlocks = plan.innermostSummed && count >= 32;
    launch(
        byBlocks ? "sum_by_blocks" : "sum_by_threads",
        byBlocks ? (int) Math.min(n, MAX_BLOCKS) : blocks(n),
        plan.struct(),
        results,
        count,
        chunks,
        divisor,
        beta,
        x,
        y);
  }

  /** Returns into how many parts each sum is cut so that the device has enough to do. */
  private static int chunks(long results, long count, boolean byBlocks) {
    long threads = byBlocks ? results * BLOCK : results;
    long serial = byBlocks ? SERIAL * BLOCK : SERIAL;
    return (int) Math.clamp(Math.min(ENOUGH / Math.max(threads, 1), count / serial), 1, BLOCK);
  }

  /** See {@link io.cortado.backend.Backend#argMax}. */
  public void argMax(AxisSpec s, Buffer x, Buffer y) {
    long rows = s.outer() * s.inner();
    rows("arg_max", rows, s.extent(), s.inner(), rows, s.extent(), s.inner(), x, y);
  }

  /** The axes that stay and those that are summed over, as the kernels' struct has them. */
  private static final class Plan {
    private final long[] struct = new long[2 + 4 * MAX];
    private boolean innermostSummed;

    static Plan of(ReduceSpec spec) {
      Shape in = spec.in();
      long[] kept = Axes.steps(spec.out(), in);
      long[] steps = Axes.steps(in, in);
      Plan plan = new Plan();
      boolean innermost = true;
      for (int i = in.rank() - 1; i >= 0; i--) {
        if (in.dim(i) == 1) {
          continue;
        }
        boolean summed = kept[i] == 0;
        plan.innermostSummed |= innermost && summed;
        innermost = false;
        plan.add(summed, in.dim(i), steps[i], in);
      }
      return plan;
    }

    /** Sums the rows of {@code [chunks, results]}. */
    static Plan rows(long results, int chunks) {
      Plan plan = new Plan();
      Shape none = Shape.scalar();
      plan.add(false, results, 1, none);
      plan.add(true, chunks, results, none);
      return plan;
    }

    private void add(boolean summed, long extent, long step, Shape shape) {
      int base = summed ? 1 + 2 * MAX : 0;
      int rank = (int) struct[base];
      int last = base + rank;
      if (rank > 0 && step == struct[last] * struct[last + MAX]) {
        struct[last] *= extent;
        return;
      }
      if (rank == MAX) {
        throw Axes.tooMany(shape);
      }
      struct[base]++;
      struct[last + 1] = extent;
      struct[last + 1 + MAX] = step;
    }

    long[] struct() {
      return Arrays.copyOf(struct, struct.length);
    }
  }
}

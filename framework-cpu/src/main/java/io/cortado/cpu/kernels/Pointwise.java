package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.PointwiseKernel;
import io.cortado.cpu.simd.VectorOps;

/**
 * Pointwise programs, block by block: a block of elements goes through all instructions while it is
 * in the first cache.
 *
 * <p>Bound: for short programs the memory, which is read and written once whatever the program's
 * length; for long ones about a cycle for each instruction and vector.
 */
public final class Pointwise {

  private final PointwiseKernel kernel;
  private final VectorOps ops;
  private final Workers workers;
  private final PointwiseValues[] values;
  private final PlanCache<PointwiseSpec, PointwisePlan> plans = new PlanCache<>(PointwisePlan::of);

  /** Makes the kernels. */
  public Pointwise(PointwiseKernel kernel, VectorOps ops, Workers workers) {
    this.kernel = kernel;
    this.ops = ops;
    this.workers = workers;
    values = new PointwiseValues[workers.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = new PointwiseValues();
    }
  }

  /** Runs a program. */
  public void run(
      PointwiseSpec spec, float[] parameters, float[][] x, int[] xo, float[][] y, int[] yo) {
    if (spec.output().size() == 0) {
      return;
    }
    PointwisePlan plan = plans.get(spec);
    boolean inPlace = overlaps(x, y);
    // A multiple of the block: where a stretch is cut changes no result.
    int perTask = Math.max(1, Blocks.LIGHT / (1 + plan.code.length) / plan.block) * plan.block;
    if (plan.n <= perTask) {
      stretch(plan, 0, plan.n, inPlace, parameters, x, xo, y, yo, values[0]);
      return;
    }
    workers.run(
        Blocks.count(plan.n, perTask),
        (task, worker) -> {
          int from = task * perTask;
          int to = Math.min(from + perTask, plan.n);
          stretch(plan, from, to, inPlace, parameters, x, xo, y, yo, values[worker]);
        });
  }

  private static boolean overlaps(float[][] x, float[][] y) {
    for (float[] out : y) {
      for (float[] in : x) {
        if (in == out) { // perhaps other parts of one array; then a copy too many is made
          return true;
        }
      }
    }
    return false;
  }

  private void stretch(
      PointwisePlan plan,
      int from,
      int to,
      boolean inPlace,
      float[] parameters,
      float[][] x,
      int[] xo,
      float[][] y,
      int[] yo,
      PointwiseValues v) {
    v.prepare(plan, parameters, x, xo);
    for (int i = from; i < to; i += plan.block) {
      int n = Math.min(plan.block, to - i);
      // The kernels have no tails: a block that is not whole is computed in the slots, and padded.
      boolean whole = n % PointwiseKernel.STEP == 0;
      // An input that is an output, too, could be overwritten before it is copied there.
      v.load(plan, x, xo, i, n, whole && !(inPlace && plan.writesInput));
      if (whole && !inPlace) {
        v.writeAt(plan, y, yo, i);
      }
      execute(
          plan, v, (n + PointwiseKernel.STEP - 1) / PointwiseKernel.STEP * PointwiseKernel.STEP);
      for (int o = 0; o < y.length; o++) {
        int value = plan.outputs[o];
        if (v.array[value] != y[o] || v.offset[value] != yo[o] + i) {
          System.arraycopy(v.array[value], v.offset[value], y[o], yo[o] + i, n);
        }
      }
    }
  }

  private void execute(PointwisePlan plan, PointwiseValues v, int n) {
    float[][] array = v.array;
    int[] offset = v.offset;
    int y = plan.inputs + plan.parameters;
    for (Instruction i : plan.code) {
      int a = i.a();
      int b = i.b();
      switch (i.op().operands()) {
        case 0 -> {}
        case 1 -> kernel.unary(i.op(), n, array[a], offset[a], array[y], offset[y]);
        case 2 -> {
          if (i.op() == PointwiseOp.POW && v.constant[b]) {
            UnaryOp power = UnaryOp.pow(array[b][offset[b]]);
            ops.unary(power, n, array[a], offset[a], array[y], offset[y]);
          } else {
            kernel.binary(i.op(), n, array[a], offset[a], array[b], offset[b], array[y], offset[y]);
          }
        }
        default -> {
          int c = i.c();
          kernel.where(
              n, array[a], offset[a], array[b], offset[b], array[c], offset[c], array[y],
              offset[y]);
        }
      }
      y++;
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.simd.PointwiseKernel;
import io.cortado.cpu.simd.VectorOps;

/**
 * Runs a pointwise program instruction by instruction, each a loop over a block of elements that
 * stays in the first cache. What every program begins with, and what takes the numbers that a
 * generated loop does not.
 *
 * @param kernel the instructions' loops
 * @param ops more of them
 */
record PointwiseInterpreter(PointwiseKernel kernel, VectorOps ops) {

  /** Computes the elements from {@code from} to {@code to}. */
  void run(
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
        case 1 -> {
          if (i.op() == PointwiseOp.LOG1P && plan.shares.get(a)) {
            kernel.log1pOfShare(n, array[a], offset[a], array[y], offset[y]);
          } else {
            kernel.unary(i.op(), n, array[a], offset[a], array[y], offset[y]);
          }
        }
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

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;

/** Unary and binary operations and linear combinations. */
public final class Elementwise {

  private final VectorOps ops;
  private final Workers workers;
  private final PlanCache<BinarySpec, BinaryPlan> plans = new PlanCache<>(BinaryPlan::of);

  /** Makes the kernels. */
  public Elementwise(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  /** Computes {@code y = op(x)}. */
  public void unary(UnaryOp op, int n, float[] x, int xo, float[] y, int yo) {
    int size = blockSize(op);
    if (n <= size) {
      ops.unary(op, n, x, xo, y, yo);
      return;
    }
    workers.run(
        Blocks.count(n, size),
        (block, worker) -> {
          int i = block * size;
          ops.unary(op, Math.min(size, n - i), x, xo + i, y, yo + i);
        });
  }

  /** Computes {@code dx = dy * op'(x) + beta * dx}. */
  public void unaryBackward(
      UnaryOp op,
      int n,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    int size =
        switch (op.kind()) {
          case POW, ERF -> Blocks.HEAVY;
          default -> Blocks.LIGHT;
        };
    if (n <= size) {
      ops.unaryBackward(op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo);
      return;
    }
    workers.run(
        Blocks.count(n, size),
        (block, worker) -> {
          int i = block * size;
          int m = Math.min(size, n - i);
          ops.unaryBackward(op, m, x, xo + i, y, yo + i, dy, dyo + i, beta, dx, dxo + i);
        });
  }

  private static int blockSize(UnaryOp op) {
    return switch (op.kind()) {
      case EXP, LOG, POW, SIGMOID, TANH, SCALED_TANH, ERF -> Blocks.HEAVY;
      case IDENTITY, AFFINE, SQRT, ABS, SQUARE, RECIPROCAL, CLAMP, RELU, LEAKY_RELU -> Blocks.LIGHT;
    };
  }

  /** Computes {@code y = alpha * x + beta * y}. */
  public void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo) {
    if (n <= Blocks.LIGHT) {
      ops.axpby(n, alpha, x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.LIGHT),
        (block, worker) -> {
          int i = block * Blocks.LIGHT;
          ops.axpby(Math.min(Blocks.LIGHT, n - i), alpha, x, xo + i, beta, y, yo + i);
        });
  }

  /** Computes {@code out = op(a, b) + beta * out} with broadcasting. */
  public void binary(
      BinarySpec spec, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    if (spec.out().size() == 0) {
      return;
    }
    BinaryPlan plan = plans.get(spec);
    BinaryOp op = spec.op();
    int run = plan.run();
    if ((long) plan.rows() * run <= Blocks.LIGHT) {
      rows(op, plan, 0, plan.rows(), 0, run, a, ao, b, bo, beta, out, oo);
      return;
    }
    // Short rows go many to a block, long ones are cut.
    int perBlock = Blocks.rows(run, Blocks.LIGHT);
    int parts = Blocks.count(run, Blocks.LIGHT);
    int width = parts == 1 ? run : Blocks.LIGHT;
    workers.run(
        Blocks.count(plan.rows(), perBlock) * parts,
        (block, worker) -> {
          int row = block / parts * perBlock;
          int rowEnd = Blocks.end(row, perBlock, plan.rows());
          int col = block % parts * width;
          int colEnd = Blocks.end(col, width, run);
          rows(op, plan, row, rowEnd, col, colEnd, a, ao, b, bo, beta, out, oo);
        });
  }

  private void rows(
      BinaryOp op,
      BinaryPlan plan,
      int row,
      int rowEnd,
      int col,
      int colEnd,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float beta,
      float[] out,
      int oo) {
    int n = colEnd - col;
    for (int r = row; r < rowEnd; r++) {
      int ia = ao + plan.a().offset(r);
      int ib = bo + plan.b().offset(r);
      int io = oo + r * plan.run() + col;
      if (plan.aRepeated() && plan.bRepeated()) {
        repeat(value(op, a[ia], b[ib]), n, beta, out, io);
      } else if (plan.bRepeated()) {
        ops.binaryScalar(op, n, a, ia + col, b[ib], beta, out, io);
      } else if (plan.aRepeated()) {
        ops.scalarBinary(op, n, a[ia], b, ib + col, beta, out, io);
      } else {
        ops.binary(op, n, a, ia + col, b, ib + col, beta, out, io);
      }
    }
  }

  private static float value(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }

  /** Writes a row along which both operands are one number, as the gradient of a sum is. */
  private static void repeat(float value, int n, float beta, float[] out, int oo) {
    if (beta == 0) {
      Arrays.fill(out, oo, oo + n, value);
    } else {
      for (int i = oo; i < oo + n; i++) {
        out[i] = value + beta * out[i];
      }
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.PointwiseKernel;
import io.cortado.cpu.simd.PointwiseLoop;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * Pointwise programs: by a loop that was generated for the program once that pays ({@link Fusion}),
 * until then block by block through its instructions ({@link PointwiseInterpreter}). Both give the
 * same bits.
 *
 * <p>Bound: for short programs the memory, which is read and written once whatever the program's
 * length; for long ones the arithmetic, and in the interpreter about a cycle for each instruction
 * and vector.
 */
public final class Pointwise implements AutoCloseable {

  /** Elements of a block for a generated loop, which needs a tenth of the interpreter's time. */
  private static final int FUSED = 16_384;

  private final PointwiseInterpreter interpreter;
  private final Workers workers;
  private final Fusion fusion;
  private final PointwiseValues[] values;
  private final FusedValues[] fusedValues;
  private final ReducedOutput[] reduced;
  private final PieceSums sums;
  private final PlanCache<PointwiseSpec, Planned> plans;

  /** A spec's plan, and what its program has been made into. */
  private record Planned(PointwisePlan plan, FusedProgram program) {}

  /** Makes the kernels, with generated loops as the system property says. */
  public Pointwise(PointwiseKernel kernel, VectorOps ops, Workers workers) {
    this(kernel, ops, workers, Fusion.Mode.ofProperty());
  }

  Pointwise(PointwiseKernel kernel, VectorOps ops, Workers workers, Fusion.Mode mode) {
    this.workers = workers;
    interpreter = new PointwiseInterpreter(kernel, ops);
    fusion = new Fusion(interpreter, mode);
    plans = new PlanCache<>(spec -> new Planned(PointwisePlan.of(spec), fusion.program(spec)));
    values = new PointwiseValues[workers.count()];
    fusedValues = new FusedValues[workers.count()];
    reduced = new ReducedOutput[workers.count()];
    sums = new PieceSums(ops);
    for (int i = 0; i < values.length; i++) {
      values[i] = new PointwiseValues();
      fusedValues[i] = new FusedValues();
      reduced[i] = new ReducedOutput();
    }
  }

  /** Runs a program. */
  public void run(
      PointwiseSpec spec, float[] parameters, float[][] x, int[] xo, float[][] y, int[] yo) {
    if (spec.output().size() == 0) {
      return;
    }
    Planned planned = plans.get(spec);
    PointwisePlan plan = planned.plan;
    boolean inPlace = overlaps(x, y);
    PointwiseLoop generated = fusion.loop(planned.program, plan.n);
    boolean apart = !inPlace || FusedValues.mayWriteInPlace(plan, x, xo, y, yo);
    PointwiseLoop loop = apart ? generated : null;
    // A multiple of the block: where a stretch is cut changes no result.
    int perTask =
        loop == null
            ? Math.max(1, Blocks.LIGHT / (1 + plan.code.length) / plan.block) * plan.block
            : FUSED;
    if (plan.n <= perTask) {
      stretch(plan, loop, 0, plan.n, inPlace, parameters, x, xo, y, yo, 0);
      return;
    }
    workers.run(
        Blocks.count(plan.n, perTask),
        (task, worker) -> {
          int from = task * perTask;
          int to = Blocks.end(from, perTask, plan.n);
          stretch(plan, loop, from, to, inPlace, parameters, x, xo, y, yo, worker);
        });
  }

  /**
   * Runs a program and reduces its first output to one number.
   *
   * @param y room for the number, and then the other outputs
   */
  public void reduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      float[][] x,
      int[] xo,
      float[][] y,
      int[] yo) {
    if (spec.output().size() == 0) {
      y[0][yo[0]] = Reduce.ofNothing(op);
      return;
    }
    Planned planned = plans.get(spec);
    PointwisePlan plan = planned.plan;
    PointwiseLoop generated = fusion.loop(planned.program, plan.n);
    for (ReducedOutput own : reduced) {
      own.prepare(y, yo);
    }
    boolean inPlace = overlaps(x, reduced[0].arrays());
    boolean apart =
        !inPlace
            || FusedValues.mayWriteInPlace(plan, x, xo, reduced[0].arrays(), reduced[0].offsets(0));
    PointwiseLoop loop = apart ? generated : null;
    int perTask =
        loop == null
            ? Math.max(1, Blocks.LIGHT / (1 + plan.code.length) / PieceSums.PIECE) * PieceSums.PIECE
            : FUSED;
    sums.begin(plan.n);
    if (plan.n <= perTask) {
      pieces(plan, loop, 0, plan.n, inPlace, parameters, x, xo, 0);
    } else {
      workers.run(
          Blocks.count(plan.n, perTask),
          (task, worker) -> {
            int from = task * perTask;
            int to = Blocks.end(from, perTask, plan.n);
            pieces(plan, loop, from, to, inPlace, parameters, x, xo, worker);
          });
    }
    y[0][yo[0]] = sums.result(op);
  }

  /** Each piece's first output stays in the first cache, where it is added up at once. */
  private void pieces(
      PointwisePlan plan,
      @Nullable PointwiseLoop loop,
      int from,
      int to,
      boolean inPlace,
      float[] parameters,
      float[][] x,
      int[] xo,
      int worker) {
    ReducedOutput own = reduced[worker];
    float[][] y = own.arrays();
    for (int i = from; i < to; i += PieceSums.PIECE) {
      int n = Math.min(PieceSums.PIECE, to - i);
      int[] yo = own.offsets(i);
      stretch(plan, loop, i, i + n, inPlace, parameters, x, xo, y, yo, worker);
      sums.add(i, n, y[0], 0);
    }
  }

  /** Says whether a program's loop is in use, for tests. */
  boolean isFused(PointwiseSpec spec) {
    return plans.get(spec).program.loop() != null;
  }

  /** Returns the thread that makes loops, for tests; null where none was needed. */
  @Nullable Thread fusionThread() {
    return fusion.thread();
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
      @Nullable PointwiseLoop loop,
      int from,
      int to,
      boolean inPlace,
      float[] parameters,
      float[][] x,
      int[] xo,
      float[][] y,
      int[] yo,
      int worker) {
    PointwiseValues own = values[worker];
    int i = from;
    if (loop != null && to - from >= PointwiseKernel.STEP) {
      int whole = from + (to - from) / PointwiseKernel.STEP * PointwiseKernel.STEP;
      FusedValues fused = fusedValues[worker];
      fused.prepare(plan, parameters, x, xo);
      while (i < whole) {
        int n = plan.spread ? Math.min(FusedValues.SPREAD, whole - i) : whole - i;
        fused.at(plan, i, n, x, xo, y, yo);
        int done = loop.run(n, n, fused.array, fused.offset);
        fused.copyOutputs(plan, i, done, y, yo);
        i += done;
        if (done < n) { // numbers that the loop does not take
          int m = Math.min(plan.block, whole - i);
          interpreter.run(plan, i, i + m, inPlace, parameters, x, xo, y, yo, own);
          i += m;
        }
      }
    }
    if (i < to) {
      interpreter.run(plan, i, to, inPlace, parameters, x, xo, y, yo, own);
    }
  }

  /** Ends the thread that makes loops. */
  @Override
  public void close() {
    fusion.close();
  }
}

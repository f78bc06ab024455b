package io.cortado.cpu.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.cpu.simd.PointwiseLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Runs a generated loop on numbers of its own until C2 has compiled it and it pays. */
final class LoopTrial {

  /** Elements of a call: few, because C2 counts calls, too. */
  private static final int N = 256;

  private static final int CALLS = 64;

  /** So many batches one after the other have to be faster. */
  private static final int BATCHES = 4;

  /** What the loop has to win. */
  private static final double MARGIN = 0.9;

  /** How long to wait for C2. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final PointwiseInterpreter interpreter;
  private final PointwiseLoop loop;
  private final PointwisePlan plan;
  private final PointwiseValues values = new PointwiseValues();
  private final FusedValues fused = new FusedValues();
  private final float[] parameters;
  private final float[][] x;
  private final int[] xo;
  private final float[][] y;
  private final int[] yo;

  /**
   * What came out.
   *
   * @param faster whether the loop won
   * @param loopNanos nanoseconds for a thousand elements by the loop
   * @param interpreterNanos and by the interpreter
   */
  record Result(boolean faster, double loopNanos, double interpreterNanos) {

    @Override
    public String toString() {
      return "%.0f ns for 1000 elements, %.0f ns by the interpreter"
          .formatted(loopNanos, interpreterNanos);
    }
  }

  LoopTrial(PointwiseInterpreter interpreter, FusedProgram program, PointwiseLoop loop) {
    this.interpreter = interpreter;
    this.loop = loop;
    Random random = new Random(1);
    List<Shape> shapes = new ArrayList<>();
    x = new float[program.program.inputs()][];
    for (int i = 0; i < x.length; i++) {
      boolean uniform = program.uniformInputs.contains(i);
      shapes.add(uniform ? Shape.scalar() : Shape.of(N));
      x[i] = numbers(random, uniform ? 1 : N);
    }
    parameters = numbers(random, program.program.parameters());
    y = new float[program.program.outputs().size()][N];
    xo = new int[x.length];
    yo = new int[y.length];
    plan = PointwisePlan.of(new PointwiseSpec(program.program, shapes, Shape.of(N)));
  }

  /** Returns numbers between 0.1 and 0.9, which are in the usual range of every function. */
  private static float[] numbers(Random random, int n) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = 0.1f + 0.8f * random.nextFloat();
    }
    return numbers;
  }

  Result run() throws InterruptedException {
    fused.prepare(plan, parameters, x, xo);
    fused.at(plan, 0, N, x, xo, y, yo);
    long start = System.nanoTime();
    double[] last = new double[BATCHES];
    Arrays.fill(last, Double.POSITIVE_INFINITY);
    double best = Double.POSITIVE_INFINITY;
    for (int batch = 0; ; batch++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      best = Math.min(best, interpreted());
      last[batch % BATCHES] = looped();
      double slowest = Arrays.stream(last).max().orElseThrow();
      boolean faster = slowest < MARGIN * best;
      if (faster || System.nanoTime() - start > PATIENCE_NANOS) {
        return new Result(faster, slowest, best);
      }
    }
  }

  private double interpreted() {
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      interpreter.run(plan, 0, N, false, parameters, x, xo, y, yo, values);
    }
    return (System.nanoTime() - start) * 1000.0 / (CALLS * N);
  }

  private double looped() {
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      // Stops now and then: a way that was never gone would not be compiled.
      loop.run(N, i % 16 == 0 ? N / 2 : N, fused.array, fused.offset);
    }
    return (System.nanoTime() - start) * 1000.0 / (CALLS * N);
  }
}

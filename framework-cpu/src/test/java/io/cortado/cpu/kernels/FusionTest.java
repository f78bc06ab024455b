package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cortado.Shape;
import io.cortado.backend.BackendException;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.LoopCode;
import io.cortado.cpu.simd.PointwiseKernel;
import io.cortado.cpu.simd.PointwiseLoop;
import io.cortado.cpu.simd.Simd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated loops against the interpreter, bit by bit, and when they come into use. */
class FusionTest {

  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    0.5f,
    2.5f,
    -2.5f,
    87,
    -88,
    104,
    -104,
    3e4f,
    4e4f,
    1e30f,
    -1e30f,
    0x1p23f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-39f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    9.02f,
    -9.03f,
    3.93f,
    0.9277344f
  };

  private static final Duration SOON = Duration.ofSeconds(60);

  private static Pointwise open(Fusion.Mode mode, Workers workers) {
    Simd simd = Simd.choose(Simd.Choice.AUTO);
    return new Pointwise(simd.pointwise(), simd.ops(), workers, mode);
  }

  /** Says whether there is a loop for each program that can have one: on scalar loops is none. */
  private static boolean hasLoops() {
    return ModuleLayer.boot().findModule(Simd.MODULE).isPresent();
  }

  private static float[] numbers(Random random, int n, boolean special) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      boolean odd = special && random.nextInt(40) == 0;
      x[i] = odd ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextFloat() * 4 - 2;
    }
    return x;
  }

  /**
   * Compares, with all NaN as one: which of two a sum keeps is the processor's choice. Returns
   * whether there was a loop to compare.
   */
  private static boolean check(PointwiseSpec spec, float[] parameters, float[][] x) {
    int n = (int) spec.output().size();
    float[][] expected = new float[spec.program().outputs().size()][n + 1];
    float[][] actual = new float[expected.length][n + 1];
    int[] xo = new int[x.length];
    int[] yo = new int[expected.length];
    Arrays.fill(yo, 1);
    boolean isFused;
    try (Workers workers = new Workers(2);
        Pointwise interpreted = open(Fusion.Mode.OFF, workers);
        Pointwise fused = open(Fusion.Mode.ON, workers)) {
      interpreted.run(spec, parameters, x, xo, expected, yo);
      fused.run(spec, parameters, x, xo, actual, yo);
      isFused = fused.isFused(spec);
    }
    for (int o = 0; o < expected.length; o++) {
      for (int i = 0; i <= n; i++) {
        if (Float.floatToIntBits(expected[o][i]) != Float.floatToIntBits(actual[o][i])) {
          throw new AssertionError(
              "output %d, element %d: %s interpreted, %s by the loop, of\n%s"
                  .formatted(o, i - 1, expected[o][i], actual[o][i], spec.program()));
        }
      }
    }
    return isFused;
  }

  /** A sum by the interpreter and by a loop, and of the outputs when all have been written. */
  @ParameterizedTest
  @ValueSource(ints = {1, 15, 17, 4095, 4096, 4097, 33_000, 70_001, 131_072})
  void sumsAreEqual(int n) {
    PointwiseProgram program =
        new PointwiseProgram(
            2,
            0,
            List.of(
                new Instruction(PointwiseOp.SIGMOID, 0, 0, 0, 0),
                new Instruction(PointwiseOp.MUL, 2, 1, 0, 0),
                new Instruction(PointwiseOp.SQUARE, 3, 0, 0, 0)),
            List.of(3, 4));
    PointwiseSpec spec = spec(program, n);
    float[][] x = {numbers(new Random(1), n, false), numbers(new Random(2), n, false)};
    x[0][n / 2] = -104; // which the loop does not take
    for (ReduceOp op : ReduceOp.values()) {
      float[][] all = new float[2][n];
      float[] sum = new float[1];
      float[][] interpreted = {new float[1], new float[n]};
      float[][] looped = {new float[1], new float[n]};
      try (Workers workers = new Workers(2);
          Pointwise off = open(Fusion.Mode.OFF, workers);
          Pointwise on = open(Fusion.Mode.ON, workers)) {
        int[] at = new int[2];
        off.run(spec, new float[0], x, at, all, at);
        Reduce reduce = new Reduce(Simd.choose(Simd.Choice.AUTO).ops(), workers);
        ReduceSpec whole = new ReduceSpec(op, Shape.of(n), Shape.scalar());
        reduce.reduce(whole, all[0], 0, 0, sum, 0);
        off.reduce(spec, op, new float[0], x, at, interpreted, at);
        on.reduce(spec, op, new float[0], x, at, looped, at);
        assertThat(on.isFused(spec)).isEqualTo(hasLoops());
      }
      assertThat(interpreted[0]).isEqualTo(sum);
      assertThat(looped[0]).isEqualTo(sum);
      assertThat(interpreted[1]).isEqualTo(all[1]);
      assertThat(looped[1]).isEqualTo(all[1]);
    }
  }

  /** Every operation, on every special number and on odd lengths. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LITERAL")
  void operationsAreEqual(PointwiseOp op) {
    int k = op.operands();
    PointwiseProgram program =
        new PointwiseProgram(
            k, 0, List.of(new Instruction(op, 0, k > 1 ? 1 : 0, k > 2 ? 2 : 0, 0)), List.of(k));
    int n = SPECIAL.length * SPECIAL.length;
    float[][] x = new float[k][n];
    for (int i = 0; i < n; i++) {
      int[] at = {i / SPECIAL.length, i % SPECIAL.length, (i * 7 + 3) % SPECIAL.length};
      for (int j = 0; j < k; j++) {
        x[j][i] = SPECIAL[at[j]];
      }
    }
    boolean isFused = check(spec(program, n), new float[0], x);
    assertThat(isFused).isEqualTo(hasLoops() && LoopCode.allows(op));
    for (int length : new int[] {1, 15, 16, 17, 1033}) {
      Random random = new Random(length);
      float[][] few =
          IntStream.range(0, k)
              .mapToObj(_ -> numbers(random, length, false))
              .toArray(float[][]::new);
      check(spec(program, length), new float[0], few);
    }
  }

  /** {@code ln(1 + e^-|x|)}, whose argument is known to be between 0 and 1. */
  @Test
  void logarithmsOfSharesAreEqual() {
    PointwiseProgram program =
        new PointwiseProgram(
            1,
            0,
            List.of(
                new Instruction(PointwiseOp.ABS, 0, 0, 0, 0),
                new Instruction(PointwiseOp.NEG, 1, 0, 0, 0),
                new Instruction(PointwiseOp.EXP, 2, 0, 0, 0),
                new Instruction(PointwiseOp.LOG1P, 3, 0, 0, 0)),
            List.of(4));
    for (float[] x : List.of(SPECIAL, numbers(new Random(3), 5000, false))) {
      assertThat(check(spec(program, x.length), new float[0], new float[][] {x}))
          .isEqualTo(hasLoops());
    }
  }

  /** Of two zeros and of NaN, which a comparison would not keep, whatever side the number is on. */
  @ParameterizedTest
  @ValueSource(
      floats = {
        0,
        -0f,
        1.5f,
        Float.NaN,
        Float.MIN_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY
      })
  void bestOfANumberInTheCodeIsEqual(float number) {
    PointwiseProgram program =
        new PointwiseProgram(
            1,
            0,
            List.of(
                new Instruction(PointwiseOp.LITERAL, 0, 0, 0, number),
                new Instruction(PointwiseOp.MAX, 0, 1, 0, 0),
                new Instruction(PointwiseOp.MAX, 1, 0, 0, 0),
                new Instruction(PointwiseOp.MIN, 0, 1, 0, 0),
                new Instruction(PointwiseOp.MIN, 1, 0, 0, 0)),
            List.of(2, 3, 4, 5));
    int n = 2 * SPECIAL.length;
    float[] x = Arrays.copyOf(SPECIAL, n);
    System.arraycopy(SPECIAL, 0, x, SPECIAL.length, SPECIAL.length);
    assertThat(check(spec(program, n), new float[0], new float[][] {x})).isEqualTo(hasLoops());
  }

  /** As long as a loop may be, and longer, each with all of its results written. */
  @ParameterizedTest
  @ValueSource(ints = {LoopCode.MOST, LoopCode.MOST + 1})
  void longProgramsAreEqual(int length) {
    List<Instruction> code = new ArrayList<>();
    List<Integer> outputs = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      PointwiseOp op = i % 2 == 0 ? PointwiseOp.MUL : PointwiseOp.SUB;
      code.add(new Instruction(op, Math.max(0, i - i % 7), i, 0, 0));
      outputs.add(i + 1);
    }
    int n = 1 << 6;
    boolean isFused =
        check(
            spec(new PointwiseProgram(1, 0, code, outputs), n),
            new float[0],
            new float[][] {numbers(new Random(1), n, false)});
    assertThat(isFused).isEqualTo(hasLoops() && length <= LoopCode.MOST);
  }

  /** Where a class cannot be defined, the interpreter computes. */
  @Test
  void failedLoopsAreInterpreted() {
    Simd simd = Simd.choose(Simd.Choice.AUTO);
    PointwiseKernel broken = new WithoutClasses(simd.pointwise());
    PointwiseProgram program =
        new PointwiseProgram(
            1, 0, List.of(new Instruction(PointwiseOp.SQUARE, 0, 0, 0, 0)), List.of(1));
    PointwiseSpec spec = spec(program, 32);
    float[][] x = {numbers(new Random(1), 32, true)};
    float[][] expected = {new float[32]};
    float[][] actual = {new float[32]};
    try (Workers workers = new Workers(1);
        Pointwise interpreted = open(Fusion.Mode.OFF, workers);
        Pointwise fused = new Pointwise(broken, simd.ops(), workers, Fusion.Mode.ON)) {
      for (int i = 0; i < 2; i++) {
        interpreted.run(spec, new float[0], x, new int[1], expected, new int[1]);
        fused.run(spec, new float[0], x, new int[1], actual, new int[1]);
      }
      assertThat(fused.isFused(spec)).isFalse();
    }
    assertThat(actual[0]).isEqualTo(expected[0]);
  }

  private record WithoutClasses(PointwiseKernel kernel) implements PointwiseKernel {

    @Override
    public PointwiseLoop loop(LoopCode code) {
      throw new IllegalStateException("a loop that was generated cannot be loaded");
    }

    @Override
    public void unary(PointwiseOp op, int n, float[] a, int ao, float[] y, int yo) {
      kernel.unary(op, n, a, ao, y, yo);
    }

    @Override
    public void log1pOfShare(int n, float[] a, int ao, float[] y, int yo) {
      kernel.log1pOfShare(n, a, ao, y, yo);
    }

    @Override
    public void binary(
        PointwiseOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
      kernel.binary(op, n, a, ao, b, bo, y, yo);
    }

    @Override
    public void where(
        int n, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] y, int yo) {
      kernel.where(n, a, ao, b, bo, c, co, y, yo);
    }
  }

  /** Two threads, each with kernels of its own, make loops of the same formulas at once. */
  @Test
  void twoThreadsMakeTheSameLoops() throws Exception {
    int n = 64;
    float[][] x = {numbers(new Random(1), n, false), numbers(new Random(2), n, false)};
    CyclicBarrier both = new CyclicBarrier(2);
    Callable<List<float[]>> compute =
        () -> {
          List<float[]> results = new ArrayList<>();
          try (Workers workers = new Workers(1);
              Pointwise fused = open(Fusion.Mode.ON, workers)) {
            for (int length = 1; length <= 40; length++) {
              both.await();
              float[][] y = {new float[n]};
              PointwiseSpec spec = spec(sums(length), n);
              fused.run(spec, new float[0], x, new int[2], y, new int[1]);
              assertThat(fused.isFused(spec)).isEqualTo(hasLoops());
              results.add(y[0]);
            }
          }
          return results;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(2);
        Workers workers = new Workers(1);
        Pointwise interpreted = open(Fusion.Mode.OFF, workers)) {
      List<Future<List<float[]>>> results =
          threads.invokeAll(List.of(compute, compute), SOON.toSeconds(), TimeUnit.SECONDS);
      for (int length = 1; length <= 40; length++) {
        float[][] expected = {new float[n]};
        interpreted.run(spec(sums(length), n), new float[0], x, new int[2], expected, new int[1]);
        for (Future<List<float[]>> result : results) {
          assertThat(result.get().get(length - 1)).isEqualTo(expected[0]);
        }
      }
    }
  }

  private static PointwiseProgram sums(int length) {
    List<Instruction> code = new ArrayList<>();
    code.add(new Instruction(PointwiseOp.SIGMOID, 0, 0, 0, 0));
    for (int i = 1; i < length; i++) {
      code.add(new Instruction(PointwiseOp.ADD, i + 1, 1, 0, 0));
    }
    return new PointwiseProgram(2, 0, code, List.of(length + 1));
  }

  private static PointwiseSpec spec(PointwiseProgram program, int n) {
    Shape shape = Shape.of(n);
    return new PointwiseSpec(
        program, IntStream.range(0, program.inputs()).mapToObj(_ -> shape).toList(), shape);
  }

  static IntStream seeds() {
    return IntStream.range(0, 150);
  }

  /** Random programs over inputs that are whole, one number, rows or columns. */
  @ParameterizedTest
  @MethodSource("seeds")
  void randomProgramsAreEqual(int seed) {
    Random random = new Random(seed);
    PointwiseOp[] ops = PointwiseOp.values();
    List<Instruction> code = new ArrayList<>();
    int values = 4;
    for (int length = 1 + random.nextInt(24); length > 0; length--) {
      PointwiseOp op = ops[random.nextInt(ops.length)];
      if (LoopCode.allows(op)) {
        int[] v = random.ints(3, Math.max(0, values - 6), values).toArray();
        code.add(new Instruction(op, v[0], v[1], v[2], random.nextInt(9) / 2f - 2));
        values++;
      }
    }
    List<Integer> outputs = List.of(values - 1, random.nextInt(values), values - 1);
    PointwiseProgram program = new PointwiseProgram(3, 1, code, outputs);
    int rows = 1 + random.nextInt(5);
    int columns = 1 + random.nextInt(900);
    Shape out = Shape.of(rows, columns);
    List<Shape> kinds = List.of(out, Shape.scalar(), Shape.of(columns), Shape.of(rows, 1));
    List<Shape> shapes = List.of(out, kinds.get(random.nextInt(4)), kinds.get(random.nextInt(4)));
    float[][] x =
        shapes.stream()
            .map(s -> numbers(random, (int) s.size(), seed % 2 == 0))
            .toArray(float[][]::new);
    check(new PointwiseSpec(program, shapes, out), new float[] {0.75f}, x);
  }

  /** An update in place, with a vector on the way that the loop does not take. */
  @Test
  void updatesInPlaceAreEqual() {
    PointwiseProgram program =
        new PointwiseProgram(
            2,
            0,
            List.of(
                new Instruction(PointwiseOp.EXP, 0, 0, 0, 0),
                new Instruction(PointwiseOp.ADD, 1, 0, 0, 0)),
            List.of(3, 2));
    int n = 5000;
    float[] a = numbers(new Random(1), n, false);
    a[777] = 200;
    a[4999] = -200;
    float[] b = numbers(new Random(2), n, false);
    float[][] expected = {a.clone(), b.clone()};
    float[][] actual = {a.clone(), b.clone()};
    try (Workers workers = new Workers(1);
        Pointwise interpreted = open(Fusion.Mode.OFF, workers);
        Pointwise fused = open(Fusion.Mode.ON, workers)) {
      int[] at = new int[2];
      interpreted.run(spec(program, n), new float[0], expected, at, expected.clone(), at);
      fused.run(spec(program, n), new float[0], actual, at, actual.clone(), at);
    }
    assertThat(actual[0]).isEqualTo(expected[0]);
    assertThat(actual[1]).isEqualTo(expected[1]);
  }

  /** A program that is used much gets its loop in the background, whose thread ends on close. */
  @Test
  void muchUsedProgramsGetALoop() throws InterruptedException {
    PointwiseProgram program =
        new PointwiseProgram(
            2,
            0,
            List.of(
                new Instruction(PointwiseOp.SIGMOID, 0, 0, 0, 0),
                new Instruction(PointwiseOp.MUL, 2, 1, 0, 0),
                new Instruction(PointwiseOp.ADD, 3, 0, 0, 0),
                new Instruction(PointwiseOp.SQUARE, 4, 0, 0, 0)),
            List.of(5));
    int n = 1 << 20;
    float[][] x = {numbers(new Random(1), n, false), numbers(new Random(2), n, false)};
    float[][] y = {new float[n]};
    PointwiseSpec spec = spec(program, n);
    try (Workers workers = new Workers(1);
        Pointwise pointwise = open(Fusion.Mode.AUTO, workers)) {
      boolean possible = Runtime.getRuntime().availableProcessors() > 1 && hasLoops();
      assumeTrue(possible, "needs vectors and two processors");
      long end = System.nanoTime() + SOON.toNanos();
      while (!pointwise.isFused(spec) && System.nanoTime() < end) {
        pointwise.run(spec, new float[0], x, new int[2], y, new int[1]);
      }
      assertThat(pointwise.isFused(spec)).isTrue();
      Thread thread = pointwise.fusionThread();
      assertThat(thread).isNotNull();
      pointwise.close();
      thread.join(SOON);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void refusesUnknownModes() {
    assertThatThrownBy(() -> Fusion.Mode.of("yes"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("cortado.cpu.fusion")
        .hasMessageContaining("\"yes\"");
  }
}

package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferencePointwise;
import io.cortado.tck.reference.ReferencePointwise.Bounded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pointwise programs: each operation, broadcasting, updates in place, and random programs. */
public abstract class PointwiseSuite extends BackendSuite {

  /** The reference says itself how far each number may be off. */
  private static final Tolerance BOUNDED = new Tolerance("the reference's bound", 1);

  /** What a sum in any order may lose, of its terms' sizes and for the root of their number. */
  private static final double ADDING = 16 * 0x1p-24;

  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -2.5f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    1e-30f,
    -1e-30f,
    1e30f,
    -1e30f,
    88,
    -88,
    200,
    -200,
    1e-4f,
    -1e-4f
  };

  /** For subclasses. */
  protected PointwiseSuite() {}

  private static PointwiseProgram single(PointwiseOp op) {
    int n = op.operands();
    return new PointwiseProgram(
        n, 0, List.of(new Instruction(op, 0, n > 1 ? 1 : 0, n > 2 ? 2 : 0, 0)), List.of(n));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LITERAL")
  void numbers(PointwiseOp op) {
    for (int n : AWKWARD) {
      Data data = new Data(n);
      float[][] x = new float[op.operands()][];
      for (int i = 0; i < x.length; i++) {
        x[i] = op == PointwiseOp.POW && i == 0 ? data.between(n, 0.01, 5) : data.between(n, -5, 5);
      }
      check(single(op), new float[0], Shape.of(n), flat(x.length, n), x);
    }
  }

  /** Every pair of special numbers, and each in front of the others where there is one operand. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LITERAL")
  void specialNumbers(PointwiseOp op) {
    boolean periodic = op == PointwiseOp.SIN || op == PointwiseOp.COS;
    float[] some = SPECIAL.clone();
    for (int i = 0; i < some.length; i++) {
      if (periodic && Math.abs(some[i]) >= 1e30f) {
        some[i] = 1234.5f; // of such an angle no digit is left
      }
    }
    int n = some.length * some.length;
    float[][] x = new float[op.operands()][n];
    for (int i = 0; i < n; i++) {
      int[] at = {i / some.length, i % some.length, (i * 7 + 3) % some.length};
      for (int k = 0; k < x.length; k++) {
        x[k][i] = some[at[k]];
      }
    }
    check(single(op), new float[0], Shape.of(n), flat(x.length, n), x);
  }

  static Stream<List<Shape>> shapes() {
    return Stream.of(
        List.of(Shape.of(33), Shape.of(33), Shape.of(33)),
        List.of(Shape.of(7, 33), Shape.of(33), Shape.of(7, 1)),
        List.of(Shape.of(7, 33), Shape.scalar(), Shape.of(1, 1)),
        List.of(Shape.of(1, 5), Shape.of(3, 1), Shape.of(1)),
        List.of(Shape.of(2, 3, 5, 7), Shape.of(3, 1, 1), Shape.of(2, 1, 1, 7)),
        List.of(Shape.of(2, 1, 5, 1), Shape.of(1, 3, 1, 7), Shape.of(5, 7)),
        List.of(Shape.of(4, 1500), Shape.of(1, 1500), Shape.of(4, 1)),
        List.of(Shape.of(3000, 3), Shape.of(3), Shape.of(3000, 1)),
        List.of(Shape.of(0, 4), Shape.of(4), Shape.of(0, 1)),
        List.of(Shape.scalar(), Shape.scalar(), Shape.scalar()));
  }

  private static Shape together(List<Shape> shapes) {
    return shapes.stream()
        .reduce((a, b) -> io.cortado.autograd.Arithmetic.broadcast("suite", a, b))
        .orElseThrow();
  }

  /** {@code a < 0.25 ? b * p : c - a}, and a, of broadcast shapes. */
  @ParameterizedTest
  @MethodSource("shapes")
  void broadcasting(List<Shape> shapes) {
    PointwiseProgram program =
        new PointwiseProgram(
            3,
            2,
            List.of(
                new Instruction(PointwiseOp.LT, 0, 3, 0, 0),
                new Instruction(PointwiseOp.MUL, 1, 4, 0, 0),
                new Instruction(PointwiseOp.SUB, 2, 0, 0, 0),
                new Instruction(PointwiseOp.WHERE, 5, 6, 7, 0)),
            List.of(8, 0));
    Shape out = together(shapes);
    Data data = new Data(Data.seed(out));
    float[][] x = new float[3][];
    for (int i = 0; i < x.length; i++) {
      x[i] = data.between(shapes.get(i).size(), -1, 1);
    }
    check(program, new float[] {0.25f, -3}, out, shapes, x);
  }

  /** What programs may write without computing anything: an input, a parameter, a literal. */
  @Test
  void outputsThatAreNotComputed() {
    PointwiseProgram program =
        new PointwiseProgram(
            1,
            1,
            List.of(new Instruction(PointwiseOp.LITERAL, 0, 0, 0, 0.75f)),
            List.of(0, 1, 2, 0));
    check(program, new float[] {-5}, Shape.of(35), flat(1, 35), new Data(1).signed(35));
  }

  /** SGD with momentum: both outputs are inputs, and the rate is a tensor of one number. */
  @Test
  void updatesInPlace() {
    PointwiseProgram program =
        new PointwiseProgram(
            4,
            1,
            List.of(
                new Instruction(PointwiseOp.MUL, 1, 4, 0, 0), // v * momentum
                new Instruction(PointwiseOp.ADD, 5, 2, 0, 0), // + g
                new Instruction(PointwiseOp.MUL, 3, 6, 0, 0), // * rate
                new Instruction(PointwiseOp.SUB, 0, 7, 0, 0)), // p -
            List.of(8, 6));
    for (int n : new int[] {1, 33, 5000}) {
      Data data = new Data(n);
      float[][] x = {data.signed(n), data.signed(n), data.signed(n), {0.1f}};
      List<Shape> shapes = List.of(Shape.of(n), Shape.of(n), Shape.of(n), Shape.scalar());
      PointwiseSpec spec = new PointwiseSpec(program, shapes, Shape.of(n));
      float[] momentum = {0.9f};
      Bounded[][] expected = ReferencePointwise.run(spec, momentum, doubles(x));
      try (Bench bench = bench()) {
        Operand p = bench.inPlace("p", x[0]);
        Operand v = bench.inPlace("v", x[1]);
        Buffer[] inputs = {p.buffer(), v.buffer(), bench.input(x[2]), bench.input(x[3])};
        backend().pointwise(spec, momentum, inputs, new Buffer[] {p.buffer(), v.buffer()});
        compare(expected[0], p);
        compare(expected[1], v);
      }
    }
  }

  /** A value that is read after an output of the same memory could have been written. */
  @Test
  void swapsInPlace() {
    PointwiseProgram program = new PointwiseProgram(2, 0, List.of(), List.of(1, 0));
    PointwiseSpec spec = new PointwiseSpec(program, flat(2, 3000), Shape.of(3000));
    float[] a = new Data(1).signed(3000);
    float[] b = new Data(2).signed(3000);
    try (Bench bench = bench()) {
      Operand x = bench.inPlace("x", a);
      Operand y = bench.inPlace("y", b);
      Buffer[] both = {x.buffer(), y.buffer()};
      backend().pointwise(spec, new float[0], both, both.clone());
      x.expect(Expected.relative(Numbers.doubles(b)), Tolerance.EXACT);
      y.expect(Expected.relative(Numbers.doubles(a)), Tolerance.EXACT);
    }
  }

  /** More values alive at once than any machine has registers, each used at the end. */
  @Test
  void manyValuesAlive() {
    int n = 150;
    List<Instruction> code = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      code.add(new Instruction(PointwiseOp.MUL, 0, i == 0 ? 1 : i + 1, 0, 0));
    }
    int sum = n + 1;
    for (int i = 0; i < n; i++) {
      code.add(new Instruction(PointwiseOp.ADD, sum, 2 + i, 0, 0));
      sum = 2 + n + i;
    }
    PointwiseProgram program = new PointwiseProgram(1, 1, code, List.of(sum));
    check(
        program,
        new float[] {0.5f},
        Shape.of(1033),
        flat(1, 1033),
        new Data(3).between(1033, -1, 1));
  }

  /**
   * {@code softplus(x) - t x} and its gradient, as a loss has them, with t of a shape that spreads.
   */
  private static final PointwiseProgram CROSS_ENTROPY =
      new PointwiseProgram(
          2,
          1,
          List.of(
              new Instruction(PointwiseOp.EXP, 0, 0, 0, 0),
              new Instruction(PointwiseOp.LOG1P, 3, 0, 0, 0),
              new Instruction(PointwiseOp.MUL, 0, 1, 0, 0),
              new Instruction(PointwiseOp.SUB, 4, 5, 0, 0),
              new Instruction(PointwiseOp.SIGMOID, 0, 0, 0, 0),
              new Instruction(PointwiseOp.SUB, 7, 1, 0, 0),
              new Instruction(PointwiseOp.MUL, 8, 2, 0, 0)),
          List.of(6, 9, 8));

  /** Lengths at which a sum is cut otherwise, and the awkward ones. */
  static IntStream lengths() {
    return IntStream.concat(
        Arrays.stream(AWKWARD), IntStream.of(1025, 4095, 4096, 4097, 33_000, 70_001));
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void reducesTheFirstOutput(int n) {
    Data data = new Data(n);
    float[] x = data.between(n, -5, 5);
    float[] t = data.between(n, 0, 1);
    checkReduced(CROSS_ENTROPY, new float[] {0.25f}, Shape.of(n), flat(2, n), x, t);
    List<Shape> ofOne = List.of(Shape.of(n), Shape.scalar());
    checkReduced(CROSS_ENTROPY, new float[] {0.25f}, Shape.of(n), ofOne, x, new float[] {0.7f});
  }

  /** No outputs beside the number, and inputs of other shapes. */
  @ParameterizedTest
  @MethodSource("shapes")
  void reducesWhatWasBroadcast(List<Shape> shapes) {
    PointwiseProgram program =
        new PointwiseProgram(
            3,
            0,
            List.of(
                new Instruction(PointwiseOp.MUL, 0, 1, 0, 0),
                new Instruction(PointwiseOp.ADD, 3, 2, 0, 0)),
            List.of(4));
    Shape out = together(shapes);
    Data data = new Data(Data.seed(out));
    float[][] x = new float[3][];
    for (int i = 0; i < x.length; i++) {
      x[i] = data.between(shapes.get(i).size(), -1, 1);
    }
    checkReduced(program, new float[0], out, shapes, x);
  }

  /** The number is a sum of an input, of a parameter, of a literal; other outputs repeat it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void reducesWhatIsNotComputed(int value) {
    PointwiseProgram program =
        new PointwiseProgram(
            1,
            1,
            List.of(
                new Instruction(PointwiseOp.LITERAL, 0, 0, 0, 0.75f),
                new Instruction(PointwiseOp.SQUARE, 0, 0, 0, 0)),
            List.of(value, 3, value, 0));
    for (int n : new int[] {35, 5000}) {
      checkReduced(program, new float[] {-5}, Shape.of(n), flat(1, n), new Data(1).signed(n));
    }
  }

  /** The gradient takes the logits' place, with the largest of all sums' terms at the end. */
  @Test
  void reducesInPlace() {
    int n = 9001;
    Data data = new Data(n);
    float[][] x = {data.between(n, -5, 5), data.between(n, 0, 1)};
    x[0][n - 1] = 40;
    PointwiseSpec spec = new PointwiseSpec(CROSS_ENTROPY, flat(2, n), Shape.of(n));
    float[] scale = {0.5f};
    Bounded[][] expected = ReferencePointwise.run(spec, scale, doubles(x));
    try (Bench bench = bench()) {
      Operand logits = bench.inPlace("logits", x[0]);
      Operand targets = bench.inPlace("targets", x[1]);
      Operand y = bench.output("sum", 1);
      Buffer[] both = {logits.buffer(), targets.buffer()};
      backend().pointwiseReduce(spec, ReduceOp.SUM, scale, both, y.buffer(), both.clone());
      compareSum(expected[0], ReduceOp.SUM, y);
      compare(expected[1], logits);
      compare(expected[2], targets);
    }
  }

  /** One NaN or infinity among many numbers is in the sum. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void reducesWhatIsNotFinite(float number) {
    PointwiseProgram program =
        new PointwiseProgram(
            1, 0, List.of(new Instruction(PointwiseOp.NEG, 0, 0, 0, 0)), List.of(1));
    float[] x = new Data(1).signed(5000);
    x[4321] = number;
    checkReduced(program, new float[0], Shape.of(5000), flat(1, 5000), x);
  }

  /** Random programs, of whose outputs the first is reduced. */
  @ParameterizedTest
  @MethodSource("seeds")
  void randomProgramsReduced(int seed) {
    RandomProgram p = new RandomProgram(seed);
    checkReduced(p.program(), p.parameters(), p.output(), p.inputs(), p.values());
  }

  private void checkReduced(
      PointwiseProgram program, float[] parameters, Shape out, List<Shape> shapes, float[]... x) {
    PointwiseSpec spec = new PointwiseSpec(program, shapes, out);
    Bounded[][] expected = ReferencePointwise.run(spec, parameters, doubles(x));
    for (ReduceOp op : ReduceOp.values()) {
      try (Bench bench = bench((int) out.size())) {
        Buffer[] inputs = new Buffer[x.length];
        for (int i = 0; i < x.length; i++) {
          inputs[i] = bench.input(x[i]);
        }
        Operand y = bench.output(op + " of output 0 of\n" + program + "\n", 1);
        Operand[] outputs = new Operand[expected.length - 1];
        Buffer[] written = new Buffer[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
          outputs[i] = bench.output("output " + (i + 1) + " of\n" + program + "\n", out.size());
          written[i] = outputs[i].buffer();
        }
        backend().pointwiseReduce(spec, op, parameters, inputs, y.buffer(), written);
        compareSum(expected[0], op, y);
        for (int i = 0; i < outputs.length; i++) {
          compare(expected[i + 1], outputs[i]);
        }
      }
    }
  }

  /** Compares a sum whose terms all have a bound, with the sum of these and what adding loses. */
  private static void compareSum(Bounded[] terms, ReduceOp op, Operand actual) {
    double sum = 0;
    double size = 0;
    double error = 0;
    for (Bounded term : terms) {
      sum += term.value();
      size += Math.abs(term.value());
      error += term.error();
    }
    if (!(error < Double.POSITIVE_INFINITY) || (Double.isFinite(size) && size > 1e37)) {
      return; // of some term nothing is known, or the order decides whether floats overflow
    }
    double count = op == ReduceOp.MEAN ? terms.length : 1;
    double adding = Double.isFinite(size) ? ADDING * Math.sqrt(terms.length) * size : 0;
    actual.expect(
        new Expected(new double[] {sum / count}, new double[] {(error + adding) / count}), BOUNDED);
  }

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  /** Random programs over random shapes. */
  @ParameterizedTest
  @MethodSource("seeds")
  void randomPrograms(int seed) {
    RandomProgram p = new RandomProgram(seed);
    check(p.program(), p.parameters(), p.output(), p.inputs(), p.values());
  }

  /** Most of the numbers of random programs have a bound that means something. */
  @Test
  void randomProgramsAreBounded() {
    long all = 0;
    long bounded = 0;
    for (int seed = 0; seed < 40; seed++) {
      RandomProgram p = new RandomProgram(seed);
      PointwiseSpec spec = new PointwiseSpec(p.program(), p.inputs(), p.output());
      for (Bounded[] output : ReferencePointwise.run(spec, p.parameters(), doubles(p.values()))) {
        for (Bounded b : output) {
          all++;
          double size = Double.isFinite(b.value()) ? Math.abs(b.value()) : 0;
          bounded += b.error() <= 1e-4 * Math.max(1, size) ? 1 : 0;
        }
      }
    }
    assertThat(bounded).isGreaterThan(all * 3 / 4);
  }

  private void check(
      PointwiseProgram program, float[] parameters, Shape out, List<Shape> shapes, float[]... x) {
    PointwiseSpec spec = new PointwiseSpec(program, shapes, out);
    Bounded[][] expected = ReferencePointwise.run(spec, parameters, doubles(x));
    try (Bench bench = bench((int) out.size())) {
      Buffer[] inputs = new Buffer[x.length];
      for (int i = 0; i < x.length; i++) {
        inputs[i] = bench.input(x[i]);
      }
      Operand[] outputs = new Operand[expected.length];
      Buffer[] written = new Buffer[expected.length];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = bench.output("output " + i + " of\n" + program + "\n", out.size());
        written[i] = outputs[i].buffer();
      }
      backend().pointwise(spec, parameters, inputs, written);
      for (int i = 0; i < outputs.length; i++) {
        compare(expected[i], outputs[i]);
      }
    }
  }

  /** Compares the numbers that have a bound; one that has none is taken as it comes. */
  private static void compare(Bounded[] numbers, Operand actual) {
    float[] floats = actual.floats();
    double[] values = new double[numbers.length];
    double[] bounds = new double[numbers.length];
    for (int i = 0; i < values.length; i++) {
      boolean known = numbers[i].error() < Double.POSITIVE_INFINITY;
      values[i] = known ? numbers[i].value() : floats[i];
      bounds[i] = known ? numbers[i].error() : 0;
    }
    actual.expect(new Expected(values, bounds), BOUNDED);
  }

  private static double[][] doubles(float[][] x) {
    return Arrays.stream(x).map(Numbers::doubles).toArray(double[][]::new);
  }

  private static List<Shape> flat(int count, int n) {
    return IntStream.range(0, count).mapToObj(_ -> Shape.of(n)).toList();
  }
}

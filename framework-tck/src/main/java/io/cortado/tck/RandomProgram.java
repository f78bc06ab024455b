package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A pointwise program that nobody would write, with something to run it on.
 *
 * @param program the program
 * @param parameters its parameters
 * @param inputs the shapes of what it reads
 * @param output the shape of what it writes
 * @param values what it reads
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RandomProgram(
    PointwiseProgram program,
    float[] parameters,
    List<Shape> inputs,
    Shape output,
    float[][] values) {

  /** Makes a program that depends on the seed alone. */
  RandomProgram(int seed) {
    this(seed, new Random(seed * 0x9E3779B97F4A7C15L));
  }

  private RandomProgram(int seed, Random random) {
    this(seed, random, 1 + random.nextInt(4), random.nextInt(3));
  }

  private RandomProgram(int seed, Random random, int inputs, int parameters) {
    this(seed, program(random, inputs, parameters), shapes(random, inputs));
  }

  private RandomProgram(int seed, PointwiseProgram program, List<Shape> shapes) {
    this(
        program,
        new Data(seed + 1000).between(program.parameters(), -2, 2),
        shapes.subList(1, shapes.size()),
        shapes.get(0),
        values(new Data(seed), shapes.subList(1, shapes.size())));
  }

  private static PointwiseProgram program(Random random, int inputs, int parameters) {
    PointwiseOp[] ops = PointwiseOp.values();
    List<Instruction> code = new ArrayList<>();
    int values = inputs + parameters;
    for (int length = 1 + random.nextInt(20); length > 0; length--) {
      PointwiseOp op = ops[random.nextInt(ops.length)];
      int[] operands = new int[3];
      for (int i = 0; i < op.operands(); i++) { // mostly of the latest, so that chains are deep
        int back = random.nextInt(random.nextInt(3) == 0 ? values : Math.min(values, 4));
        operands[i] = values - 1 - back;
      }
      float literal = op == PointwiseOp.LITERAL ? random.nextInt(9) / 2f - 2 : 0;
      code.add(new Instruction(op, operands[0], operands[1], operands[2], literal));
      values++;
    }
    List<Integer> outputs = new ArrayList<>();
    outputs.add(values - 1);
    for (int more = random.nextInt(3); more > 0; more--) {
      outputs.add(random.nextInt(values));
    }
    return new PointwiseProgram(inputs, parameters, code, outputs);
  }

  /** Returns the outputs' shape and then shapes that broadcast to it. */
  private static List<Shape> shapes(Random random, int inputs) {
    int[] out = new int[1 + random.nextInt(4)];
    for (int i = 0; i < out.length; i++) {
      out[i] = 1 + random.nextInt(i == out.length - 1 ? 40 : 5);
    }
    List<Shape> shapes = new ArrayList<>();
    shapes.add(Shape.of(out));
    for (int i = 0; i < inputs; i++) {
      int missing = random.nextInt(3) == 0 ? random.nextInt(out.length + 1) : 0;
      int[] dims = new int[out.length - missing];
      for (int k = 0; k < dims.length; k++) {
        dims[k] = random.nextInt(4) == 0 ? 1 : out[k + missing];
      }
      shapes.add(Shape.of(dims));
    }
    return shapes;
  }

  private static float[][] values(Data data, List<Shape> shapes) {
    return shapes.stream().map(s -> data.between(s.size(), -2, 2)).toArray(float[][]::new);
  }
}

package io.cortado.backend.spec;

import java.util.List;

/**
 * A straight-line program that a backend runs for each element, in one pass over memory.
 *
 * <p>Its values are numbered: first the inputs, then the parameters, then the result of each
 * instruction. A program holds no data, and no parameter's value either, so that one compiled form
 * serves all learning rates, margins and exponents.
 *
 * <p>Programs compare by what they compute; comparing and hashing are cheap.
 */
public final class PointwiseProgram {

  /**
   * One instruction; its operands are numbers of earlier values, and 0 where it has none.
   *
   * @param op the operation
   * @param a the first operand
   * @param b the second
   * @param c the third
   * @param literal the number of a {@link PointwiseOp#LITERAL}, else 0
   */
  public record Instruction(PointwiseOp op, int a, int b, int c, float literal) {

    /** Returns one of its operands, counted from 0. */
    public int operand(int i) {
      return switch (i) {
        case 0 -> a;
        case 1 -> b;
        default -> c;
      };
    }
  }

  private final int inputs;
  private final int parameters;
  private final List<Instruction> code;
  private final List<Integer> outputs;
  private final int hash;

  /**
   * Makes a program.
   *
   * @param inputs how many tensors it reads
   * @param parameters how many numbers it is given at each call
   * @param code its instructions
   * @param outputs the numbers of the values that it writes
   * @throws IllegalArgumentException if an instruction reads a value that is not there yet, or
   *     there is no output
   */
  public PointwiseProgram(
      int inputs, int parameters, List<Instruction> code, List<Integer> outputs) {
    this.inputs = inputs;
    this.parameters = parameters;
    this.code = List.copyOf(code);
    this.outputs = List.copyOf(outputs);
    int values = inputs + parameters;
    for (Instruction i : this.code) {
      for (int k = 0; k < i.op().operands(); k++) {
        checkValue(i.operand(k), values, i.op().name());
      }
      values++;
    }
    for (int output : this.outputs) {
      checkValue(output, values, "an output");
    }
    if (this.outputs.isEmpty()) {
      throw new IllegalArgumentException("a pointwise program without outputs computes nothing");
    }
    hash = 31 * (31 * (31 * inputs + parameters) + this.code.hashCode()) + this.outputs.hashCode();
  }

  private static void checkValue(int value, int values, String reader) {
    if (value < 0 || value >= values) {
      throw new IllegalArgumentException(
          "pointwise program: " + reader + " reads value " + value + ", and there are " + values);
    }
  }

  /** Returns how many tensors it reads. */
  public int inputs() {
    return inputs;
  }

  /** Returns how many numbers it is given at each call. */
  public int parameters() {
    return parameters;
  }

  /** Returns its instructions. */
  public List<Instruction> code() {
    return code;
  }

  /** Returns the numbers of the values that it writes. */
  public List<Integer> outputs() {
    return outputs;
  }

  /** Returns the number of the first instruction's result. */
  public int firstResult() {
    return inputs + parameters;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof PointwiseProgram p
            && hash == p.hash
            && inputs == p.inputs
            && parameters == p.parameters
            && code.equals(p.code)
            && outputs.equals(p.outputs);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Returns the program as text, a line for each instruction. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int value = firstResult();
    for (Instruction i : code) {
      text.append('v').append(value++).append(" = ").append(i.op());
      if (i.op() == PointwiseOp.LITERAL) {
        text.append(' ').append(i.literal());
      }
      for (int k = 0; k < i.op().operands(); k++) {
        text.append(" v").append(i.operand(k));
      }
      text.append('\n');
    }
    return text.append("-> ").append(outputs).toString();
  }
}

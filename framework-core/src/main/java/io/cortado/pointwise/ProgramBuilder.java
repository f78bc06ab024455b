package io.cortado.pointwise;

import io.cortado.autograd.Fused;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Turns expressions into a program; what several of them have in common is computed once. */
final class ProgramBuilder {

  private final int inputs;
  private final List<Expr.Constant> constants = new ArrayList<>();
  private final List<Instruction> code = new ArrayList<>();
  private final Map<Instruction, Integer> computed = new HashMap<>();
  private final Map<Expr, Integer> values = new IdentityHashMap<>();

  ProgramBuilder(int inputs) {
    this.inputs = inputs;
  }

  /** Returns the program of some expressions, one output each, and its parameters. */
  static Fused.Program compile(int inputs, List<Expr> outputs) {
    return new ProgramBuilder(inputs).build(outputs);
  }

  /** Returns the program of some expressions, one output each; to be called once. */
  Fused.Program build(List<Expr> outputs) {
    List<Expr> order = Dag.of(outputs);
    for (Expr e : order) { // constants are numbered before the first instruction
      if (e instanceof Expr.Constant c) {
        values.put(c, inputs + constants.size());
        constants.add(c);
      }
    }
    for (Expr e : order) {
      number(e);
    }
    List<Integer> results = new ArrayList<>();
    for (Expr e : outputs) {
      results.add(value(e));
    }
    float[] parameters = new float[constants.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = constants.get(i).value();
    }
    return new Fused.Program(
        new PointwiseProgram(inputs, parameters.length, code, results), parameters);
  }

  /** Returns which parameter of the program a constant became; -1 if nothing needs it. */
  int parameter(Expr.Constant constant) {
    for (int i = 0; i < constants.size(); i++) {
      if (constants.get(i) == constant) {
        return i;
      }
    }
    return -1;
  }

  private void number(Expr e) {
    switch (e) {
      case Expr.Input in -> {
        if (in.index() < 0 || in.index() >= inputs) {
          throw new IllegalArgumentException(
              "an expression of "
                  + inputs
                  + " inputs reads input "
                  + in.index()
                  + "; an expression belongs to the function that it was made for");
        }
        values.put(e, in.index());
      }
      case Expr.Constant _ -> {}
      case Expr.Detached d -> values.put(e, value(d.of()));
      case Expr.Sloped s -> values.put(e, value(s.value()));
      case Expr.Literal l -> put(e, new Instruction(PointwiseOp.LITERAL, 0, 0, 0, l.value()));
      case Expr.Apply a -> put(e, instruction(a));
    }
  }

  private Instruction instruction(Expr.Apply apply) {
    int[] operands = new int[3];
    for (int i = 0; i < apply.operands().size(); i++) {
      operands[i] = value(apply.operands().get(i));
    }
    return new Instruction(apply.op(), operands[0], operands[1], operands[2], 0);
  }

  private void put(Expr e, Instruction instruction) {
    Integer known = computed.get(instruction);
    if (known == null) {
      known = inputs + constants.size() + code.size();
      code.add(instruction);
      computed.put(instruction, known);
    }
    values.put(e, known);
  }

  private int value(Expr e) {
    Integer value = values.get(e);
    if (value == null) {
      throw new IllegalStateException("an operand comes after its operation: " + e);
    }
    return value;
  }
}

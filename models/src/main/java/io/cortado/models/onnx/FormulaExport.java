package io.cortado.models.onnx;

import io.cortado.autograd.Fused;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a formula of elements into a graph, an operator or two for each instruction.
 *
 * <p>{@code e^x - 1} and {@code ln(1 + x)} are written out, so that near 0 they are exact to 1e-7
 * rather than to 1e-7 of themselves: ONNX has no operators for these.
 */
record FormulaExport(Graph graph, String path) {

  /**
   * A value on the way.
   *
   * @param name in the graph
   * @param truth whether it is of ONNX's booleans
   * @param varies whether it depends on an input
   */
  private record Part(String name, boolean truth, boolean varies) {}

  /** Adds a formula of tensors, and returns its first output. */
  String add(Fused.Program formula, String... inputs) {
    PointwiseProgram program = formula.program();
    List<Part> parts = new ArrayList<>();
    for (String input : inputs) {
      parts.add(new Part(input, false, true));
    }
    for (float parameter : formula.parameters()) {
      parts.add(new Part(graph.number(path, parameter), false, false));
    }
    for (PointwiseProgram.Instruction i : program.code()) {
      parts.add(part(i, parts));
    }
    Part result = parts.get(program.outputs().getFirst());
    return result.varies ? number(result) : spread(number(result), inputs[0]);
  }

  /** A single number for all elements. */
  private String spread(String number, String like) {
    return add("Expand", number, add("Shape", like));
  }

  private Part part(PointwiseProgram.Instruction i, List<Part> parts) {
    if (i.op() == PointwiseOp.LITERAL) {
      return new Part(graph.number(path, i.literal()), false, false);
    }
    boolean varies = false;
    for (int k = 0; k < i.op().operands(); k++) {
      varies |= parts.get(i.operand(k)).varies;
    }
    boolean truth =
        switch (i.op()) {
          case LT, LE, EQ, NE -> true;
          default -> false;
        };
    return new Part(operator(i, parts), truth, varies);
  }

  private String operator(PointwiseProgram.Instruction i, List<Part> parts) {
    Part first = parts.get(i.a());
    if (i.op() == PointwiseOp.WHERE) {
      return add("Where", truth(first), number(parts.get(i.b())), number(parts.get(i.c())));
    }
    String a = number(first);
    String b = i.op().operands() < 2 ? a : number(parts.get(i.b()));
    return switch (i.op()) {
      case LITERAL, WHERE -> throw new IllegalStateException(i + " was seen to above");
      case NEG -> add("Neg", a);
      case ABS -> add("Abs", a);
      case SIGN -> add("Sign", a);
      case FLOOR -> add("Floor", a);
      case ROUND -> add("Round", a);
      case SQUARE -> add("Mul", a, a);
      case SQRT -> add("Sqrt", a);
      case RSQRT -> add("Reciprocal", add("Sqrt", a));
      case RECIPROCAL -> add("Reciprocal", a);
      case EXP -> add("Exp", a);
      case EXPM1 -> add("Sub", add("Exp", a), graph.number(path, 1));
      case LOG -> add("Log", a);
      case LOG1P -> add("Log", add("Add", a, graph.number(path, 1)));
      case SIN -> add("Sin", a);
      case COS -> add("Cos", a);
      case TANH -> add("Tanh", a);
      case SIGMOID -> add("Sigmoid", a);
      case ERF -> add("Erf", a);
      case ADD -> add("Add", a, b);
      case SUB -> add("Sub", a, b);
      case MUL -> add("Mul", a, b);
      case DIV -> add("Div", a, b);
      case POW -> add("Pow", a, b);
      case MIN -> add("Min", a, b);
      case MAX -> add("Max", a, b);
      case LT -> add("Less", a, b);
      case LE -> add("LessOrEqual", a, b);
      case EQ -> add("Equal", a, b);
      case NE -> add("Not", add("Equal", a, b));
    };
  }

  /** Returns 1 and 0 for what is true and false. */
  private String number(Part p) {
    return p.truth
        ? graph.add(path, Node.of("Cast").with("to", (long) Graph.FLOAT), p.name)
        : p.name;
  }

  private String truth(Part p) {
    return p.truth ? p.name : add("Not", add("Equal", p.name, graph.number(path, 0)));
  }

  private String add(String operator, String... inputs) {
    return graph.add(path, Node.of(operator), inputs);
  }
}

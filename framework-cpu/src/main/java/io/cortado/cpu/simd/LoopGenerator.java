package io.cortado.cpu.simd;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.cpu.simd.LoopGraph.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes a loop of its own for a part of a pointwise program.
 *
 * <p>The operations' own loops ({@link VectorPointwiseKernel}) go to memory, if only to the first
 * cache, after each operation. The loop that is made here reads each input once, keeps all that it
 * computes in registers, and writes the results: what a programmer would write for the formula. The
 * way there is that of a small compiler: the instructions become a graph of vectors in which equal
 * ones are one ({@link LoopGraph}; the functions in {@link LoopExponentials} and {@link
 * LoopFunctions}), and the graph becomes the code of a class ({@link LoopWriter}), which C2 turns
 * into the machine's.
 *
 * <p>There is a rare case in most functions: numbers so far out that the result is denormal, 0 or
 * infinite. The loop computes as if there were none, and looks at all conditions together in front
 * of the stores; where they do not hold it stops, and who called has another way for the rest.
 */
final class LoopGenerator {

  private final LoopCode code;
  private final LoopGraph graph = new LoopGraph();
  private final List<Node> values = new ArrayList<>();
  private final BitSet shares;

  private LoopGenerator(LoopCode code) {
    this.code = code;
    shares = Shares.of(code.program());
  }

  /** Makes a loop. */
  static PointwiseLoop generate(LoopCode code) {
    LoopGenerator generator = new LoopGenerator(code);
    generator.translate();
    List<LoopWriter.Store> stores =
        code.stored().stream()
            .sorted()
            .map(v -> new LoopWriter.Store(v, generator.values.get(v)))
            .toList();
    return new LoopWriter(generator.graph, stores).define();
  }

  private void translate() {
    int first = code.program().firstResult();
    List<Instruction> instructions = code.program().code();
    for (int value = 0; value < first + code.to(); value++) {
      boolean literal =
          value >= first && instructions.get(value - first).op() == PointwiseOp.LITERAL;
      if (literal) {
        values.add(graph.number(instructions.get(value - first).literal()));
      } else if (value >= first + code.from()) {
        values.add(node(instructions.get(value - first)));
      } else {
        values.add(code.uniform().contains(value) ? graph.uniform(value) : graph.load(value));
      }
    }
  }

  private Node node(Instruction i) {
    return switch (i.op().operands()) {
      case 1 -> unary(i.op(), values.get(i.a()), shares.get(i.a()));
      case 2 -> binary(i.op(), values.get(i.a()), values.get(i.b()));
      default -> graph.blend(values.get(i.c()), values.get(i.b()), graph.isTrue(values.get(i.a())));
    };
  }

  /**
   * Adds a function of one number.
   *
   * @param share whether the number is known to be between 0 and 1
   */
  private Node unary(PointwiseOp op, Node a, boolean share) {
    LoopGraph g = graph;
    return switch (op) {
      case NEG -> g.apply(LoopOp.NEG, a);
      case ABS -> g.apply(LoopOp.ABS, a);
      case SIGN -> LoopFunctions.sign(g, a);
      case FLOOR -> LoopFunctions.floor(g, a);
      case ROUND -> LoopFunctions.round(g, a);
      case SQUARE -> g.apply(LoopOp.MUL, a, a);
      case SQRT -> g.apply(LoopOp.SQRT, a);
      case RSQRT -> g.apply(LoopOp.DIV, g.number(1), g.apply(LoopOp.SQRT, a));
      case RECIPROCAL -> g.apply(LoopOp.DIV, g.number(1), a);
      case EXP -> LoopExponentials.exp(g, a);
      case EXPM1 -> LoopExponentials.expm1(g, a);
      case LOG -> LoopFunctions.log(g, a);
      case LOG1P -> share ? LoopFunctions.log1pOfShare(g, a) : LoopFunctions.log1p(g, a);
      case SIN -> LoopFunctions.sine(g, a, 0);
      case COS -> LoopFunctions.sine(g, a, 1);
      case TANH -> LoopExponentials.tanh(g, a);
      case SIGMOID -> LoopExponentials.sigmoid(g, a);
      case ERF -> LoopFunctions.erf(g, a);
      default -> throw new IllegalArgumentException(op + " is not a function of one number");
    };
  }

  private Node binary(PointwiseOp op, Node a, Node b) {
    LoopGraph g = graph;
    return switch (op) {
      case ADD -> g.apply(LoopOp.ADD, a, b);
      case SUB -> g.apply(LoopOp.SUB, a, b);
      case MUL -> g.apply(LoopOp.MUL, a, b);
      case DIV -> g.apply(LoopOp.DIV, a, b);
      case MIN -> g.min(a, b);
      case MAX -> g.max(a, b);
      case LT -> g.truth(g.apply(LoopOp.LT, a, b));
      case LE -> g.truth(g.apply(LoopOp.LE, a, b));
      case EQ -> g.truth(g.apply(LoopOp.EQ, a, b));
      case NE -> g.truth(g.apply(LoopOp.NE, a, b));
      default -> throw new IllegalArgumentException(op + " cannot be in a generated loop");
    };
  }
}

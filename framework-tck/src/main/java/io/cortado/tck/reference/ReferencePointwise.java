package io.cortado.tck.reference;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;

/**
 * Pointwise programs, one instruction after the other, with a bound of what single precision may
 * lose.
 */
public final class ReferencePointwise {

  /** How far one operation may be off, in parts of its result: 16 roundings of a float. */
  private static final double ONE_OPERATION = 16 * 0x1p-24;

  private ReferencePointwise() {}

  /**
   * A number and how far a float's may be from it.
   *
   * @param value the number
   * @param error the bound, infinite where a comparison could turn out either way
   */
  public record Bounded(double value, double error) {}

  /** Returns the outputs of a program, an array for each. */
  public static Bounded[][] run(PointwiseSpec s, float[] parameters, double[][] inputs) {
    PointwiseProgram p = s.program();
    int n = (int) s.output().size();
    Bounded[][] outputs = new Bounded[p.outputs().size()][n];
    Bounded[] values = new Bounded[p.firstResult() + p.code().size()];
    for (int e = 0; e < n; e++) {
      int[] c = ReferenceShapes.coordinates(s.output(), e);
      for (int i = 0; i < p.inputs(); i++) {
        int from = ReferenceShapes.broadcastPosition(s.inputs().get(i), c);
        values[i] = new Bounded(inputs[i][from], 0);
      }
      for (int i = 0; i < p.parameters(); i++) {
        values[p.inputs() + i] = new Bounded(parameters[i], 0);
      }
      for (int i = 0; i < p.code().size(); i++) {
        values[p.firstResult() + i] = execute(p.code().get(i), values);
      }
      for (int o = 0; o < outputs.length; o++) {
        outputs[o][e] = values[p.outputs().get(o)];
      }
    }
    return outputs;
  }

  private static Bounded execute(Instruction i, Bounded[] values) {
    return switch (i.op().operands()) {
      case 0 -> new Bounded(i.literal(), 0);
      case 1 -> unary(i.op(), values[i.a()]);
      case 2 -> binary(i.op(), values[i.a()], values[i.b()]);
      default -> where(values[i.a()], values[i.b()], values[i.c()]);
    };
  }

  private static Bounded unary(PointwiseOp op, Bounded a) {
    double y = single(value(op, a.value()));
    double error =
        switch (op) {
          case NEG, ABS -> a.error();
          case SIGN -> step(a.value(), a.error());
          case FLOOR -> step(a.value() - Math.rint(a.value()), a.error());
          case ROUND -> step(a.value() - Math.floor(a.value()) - 0.5, a.error());
          case SIN, COS -> // these lose the digits of the angle that its size takes up
              Math.min(2, a.error()) + ONE_OPERATION * Math.max(1, Math.abs(a.value()));
          case RECIPROCAL, RSQRT ->
              Math.abs(a.value()) <= a.error() && a.error() > 0
                  ? Double.POSITIVE_INFINITY
                  : spread(op, a, y) + rounding(y);
          default -> spread(op, a, y) + rounding(y);
        };
    return bounded(y, error);
  }

  /** Returns how far the function is from y at the ends of its operand's interval. */
  private static double spread(PointwiseOp op, Bounded a, double y) {
    return a.error() == 0
        ? 0
        : Math.max(
            distance(single(value(op, a.value() - a.error())), y),
            distance(single(value(op, a.value() + a.error())), y));
  }

  /** Returns 0 for two NaNs and for two equal infinities. */
  private static double distance(double x, double y) {
    return Double.compare(x, y) == 0 ? 0 : Math.abs(x - y);
  }

  /** Overflows where a float does. */
  private static double single(double y) {
    return Double.isInfinite((float) y) ? (float) y : y;
  }

  /** Returns what a float's rounding may lose, and what flushing to zero does. */
  private static double rounding(double y) {
    return Double.isFinite(y) ? ONE_OPERATION * Math.abs(y) + Float.MIN_NORMAL : 0;
  }

  /** Returns 0 where a jump at 0 is farther away than the error, else infinity. */
  private static double step(double distance, double error) {
    return error == 0 || Math.abs(distance) > error ? 0 : Double.POSITIVE_INFINITY;
  }

  private static Bounded bounded(double value, double error) {
    return new Bounded(value, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
  }

  private static Bounded binary(PointwiseOp op, Bounded a, Bounded b) {
    double y = single(value(op, a.value(), b.value()));
    double error =
        switch (op) {
          case LT, LE, EQ, NE -> step(a.value() - b.value(), a.error() + b.error());
          case MIN, MAX -> Math.max(a.error(), b.error());
          case ADD, SUB, MUL -> spread(op, a, b, y) + (y == (float) y ? 0 : rounding(y));
          case DIV ->
              b.error() > 0 && Math.abs(b.value()) <= b.error()
                  ? Double.POSITIVE_INFINITY
                  : spread(op, a, b, y) + rounding(y);
          case POW -> // the rounding of the logarithm is magnified by the exponent
              spread(op, a, b, y)
                  + rounding(y)
                      * (a.value() > 0 ? 1 + Math.abs(b.value() * Math.log(a.value())) / 8 : 1);
          default -> throw new IllegalArgumentException(op + " is not a function of two numbers");
        };
    return bounded(y, error);
  }

  /** Returns how far the function is from y at the corners of its operands' intervals. */
  private static double spread(PointwiseOp op, Bounded a, Bounded b, double y) {
    double spread = 0;
    for (int corner = 0; corner < 4 && (a.error() != 0 || b.error() != 0); corner++) {
      double x = a.value() + ((corner & 1) == 0 ? a.error() : -a.error());
      double z = b.value() + ((corner & 2) == 0 ? b.error() : -b.error());
      spread = Math.max(spread, distance(single(value(op, x, z)), y));
    }
    return spread;
  }

  private static Bounded where(Bounded a, Bounded b, Bounded c) {
    Bounded y = a.value() != 0 ? b : c;
    return a.error() == 0 ? y : new Bounded(y.value(), y.error() + step(a.value(), a.error()));
  }

  /** Returns a function of one number. */
  public static double value(PointwiseOp op, double a) {
    return switch (op) {
      case NEG -> -a;
      case ABS -> Math.abs(a);
      case SIGN -> Math.signum(a);
      case FLOOR -> Math.floor(a);
      case ROUND -> Math.rint(a);
      case SQUARE -> a * a;
      case SQRT -> Math.sqrt(a);
      case RSQRT -> 1 / Math.sqrt(a);
      case RECIPROCAL -> 1 / a;
      case EXP -> Math.exp(a);
      case EXPM1 -> Math.expm1(a);
      case LOG -> Math.log(a);
      case LOG1P -> Math.log1p(a);
      case SIN -> Math.sin(a);
      case COS -> Math.cos(a);
      case TANH -> Math.tanh(a);
      case SIGMOID -> 1 / (1 + Math.exp(-a));
      case ERF -> ReferenceUnary.erf(a);
      default -> throw new IllegalArgumentException(op + " is not a function of one number");
    };
  }

  /** Returns a function of two numbers. */
  public static double value(PointwiseOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> // where C and PyTorch make 1, Java makes NaN
          a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      default -> throw new IllegalArgumentException(op + " is not a function of two numbers");
    };
  }
}

package io.cortado.pointwise;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Derives expressions by the chain rule, from the result back to the inputs.
 *
 * <p>Where PyTorch had to choose, its choice is taken: |x| and the sign have slope 0 at 0, the
 * larger of two equal numbers hands half of the gradient to each, comparisons hand on nothing.
 */
final class Derivative {

  private static final Expr ZERO = new Expr.Literal(0);
  private static final Expr HALF = new Expr.Literal(0.5f);
  private static final Expr ONE = new Expr.Literal(1);
  private static final Expr TWO = new Expr.Literal(2);
  private static final Expr TWO_OVER_ROOT_PI = new Expr.Literal((float) (2 / Math.sqrt(Math.PI)));

  private final Map<Expr, Expr> gradients = new IdentityHashMap<>();

  private Derivative() {}

  /**
   * Returns the gradient of an expression with respect to each of its inputs, as expressions.
   *
   * @param inputs how many inputs there are
   * @param upstream the gradient of the expression
   */
  static Expr[] of(Expr root, int inputs, Expr upstream) {
    Derivative d = new Derivative();
    d.gradients.put(root, upstream);
    @Nullable Expr[] sums = new Expr[inputs];
    for (Expr e : Dag.of(List.of(root)).reversed()) {
      Expr g = d.gradients.get(e);
      if (g == null) {
        continue;
      }
      if (e instanceof Expr.Apply a) {
        d.propagate(a, g);
      } else if (e instanceof Expr.Sloped s) {
        d.add(s.of(), g.mul(s.slope()));
      } else if (e instanceof Expr.Input in) { // one input may be several objects
        Expr sum = sums[in.index()];
        sums[in.index()] = sum == null ? g : sum.add(g);
      }
    }
    Expr[] result = new Expr[inputs];
    for (int i = 0; i < inputs; i++) {
      Expr sum = sums[i];
      result[i] = sum == null ? ZERO : sum;
    }
    return result;
  }

  private void add(Expr to, Expr part) {
    if (!(to instanceof Expr.Constant || to instanceof Expr.Literal)) {
      gradients.merge(to, part, Expr::add);
    }
  }

  private void propagate(Expr.Apply y, Expr g) {
    Expr a = y.operands().isEmpty() ? ZERO : y.operands().get(0);
    switch (y.op().operands()) {
      case 1 -> {
        Expr slope = unary(y, a, g);
        if (slope != null) {
          add(a, slope);
        }
      }
      case 2 -> binary(y, a, y.operands().get(1), g);
      case 3 -> {
        add(y.operands().get(1), a.where(g, ZERO));
        add(y.operands().get(2), a.where(ZERO, g));
      }
      default -> {}
    }
  }

  /** Returns g times the slope of a function of one number, or null where that is 0. */
  private static @Nullable Expr unary(Expr.Apply y, Expr a, Expr g) {
    return switch (y.op()) {
      case NEG -> g.neg();
      case ABS -> g.mul(a.sign());
      case SQUARE -> g.mul(a.mul(TWO));
      case SQRT -> g.mul(HALF).div(y);
      case RSQRT -> g.mul(HALF).mul(y.square().mul(y)).neg();
      case RECIPROCAL -> g.mul(y.square()).neg();
      case EXP -> g.mul(y);
      case EXPM1 -> g.mul(y.add(ONE));
      case LOG -> g.div(a);
      case LOG1P -> g.div(a.add(ONE));
      case SIN -> g.mul(a.cos());
      case COS -> g.mul(a.sin()).neg();
      case TANH -> g.mul(ONE.sub(y.square()));
      case SIGMOID -> g.mul(y.mul(ONE.sub(y)));
      case ERF -> g.mul(a.square().neg().exp().mul(TWO_OVER_ROOT_PI));
      case SIGN, FLOOR, ROUND -> null;
      default -> throw new IllegalStateException(y.op() + " is not a function of one number");
    };
  }

  private void binary(Expr.Apply y, Expr a, Expr b, Expr g) {
    switch (y.op()) {
      case ADD -> {
        add(a, g);
        add(b, g);
      }
      case SUB -> {
        add(a, g);
        add(b, g.neg());
      }
      case MUL -> {
        add(a, g.mul(b));
        add(b, g.mul(a));
      }
      case DIV -> {
        add(a, g.div(b));
        add(b, g.mul(y).div(b).neg());
      }
      case POW -> {
        add(a, b.eq(ZERO).where(ZERO, g.mul(b.mul(a.pow(b.sub(ONE))))));
        Expr atZero = a.eq(ZERO).mul(ZERO.le(b)); // 0^b is 0 for all b > 0
        add(b, atZero.where(ZERO, g.mul(y.mul(a.log()))));
      }
      case MIN -> extremum(a, b, b.lt(a), a.lt(b), g);
      case MAX -> extremum(a, b, a.lt(b), b.lt(a), g);
      case LT, LE, EQ, NE -> {}
      default -> throw new IllegalStateException(y.op() + " is not a function of two numbers");
    }
  }

  /** Gives the gradient to the chosen one, and half to each of two equal ones. */
  private void extremum(Expr a, Expr b, Expr notA, Expr notB, Expr g) {
    Expr shared = a.eq(b).where(g.mul(HALF), g);
    add(a, notA.where(ZERO, shared));
    add(b, notB.where(ZERO, shared));
  }
}

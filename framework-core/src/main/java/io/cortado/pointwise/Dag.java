package io.cortado.pointwise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Walks expressions that share parts, each part once. */
final class Dag {

  private Dag() {}

  /** Returns all parts of some expressions, operands before what is made of them. */
  static List<Expr> of(List<Expr> roots) {
    List<Expr> order = new ArrayList<>();
    Set<Expr> done = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Expr> open = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Expr> stack = new ArrayDeque<>(); // a long chain would be too deep for recursion
    for (Expr root : roots) {
      stack.push(root);
      while (!stack.isEmpty()) {
        Expr e = stack.getFirst();
        if (done.contains(e)) {
          stack.pop();
        } else if (open.add(e)) {
          for (Expr operand : operands(e).reversed()) {
            stack.push(operand);
          }
        } else {
          stack.pop();
          done.add(e);
          order.add(e);
        }
      }
    }
    return order;
  }

  private static List<Expr> operands(Expr e) {
    return switch (e) {
      case Expr.Apply a -> a.operands();
      case Expr.Detached d -> List.of(d.of());
      case Expr.Sloped s -> List.of(s.value()); // the slope is part of a gradient alone
      case Expr.Input _, Expr.Constant _, Expr.Literal _ -> List.of();
    };
  }
}

package io.cortado.cpu.simd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one turn of a generated loop, and how each comes from others.
 *
 * <p>Asked twice for the same, it gives the same vector: the exponential in a sigmoid and that in a
 * softplus of one number are computed once. The few rules that leave something out change no bit of
 * any result.
 */
final class LoopGraph {

  /** A vector or a mask. Two of one graph are equal only if they are the same. */
  static final class Node {
    final LoopOp op;
    final List<Node> operands;

    /** A value's number, a shift, or the bits of a number in the code. */
    final int what;

    private Node(LoopOp op, List<Node> operands, int what) {
      this.op = op;
      this.operands = operands;
      this.what = what;
    }

    /** Says whether it is the same in every turn. */
    boolean isInvariant() {
      return op == LoopOp.UNIFORM || op == LoopOp.NUMBER || op == LoopOp.WORD;
    }
  }

  private record Key(LoopOp op, List<Node> operands, int what) {}

  private final Map<Key, Node> known = new HashMap<>();

  /** All vectors, operands before what is made of them. */
  private final List<Node> order = new ArrayList<>();

  private @Nullable Node required;

  private Node node(LoopOp op, int what, Node... operands) {
    return known.computeIfAbsent(
        new Key(op, List.of(operands), what),
        key -> {
          Node made = new Node(key.op, key.operands, key.what);
          order.add(made);
          return made;
        });
  }

  List<Node> order() {
    return order;
  }

  /** Says that the loop has to stop in front of a vector for which the mask is not all set. */
  void require(Node mask) {
    required = required == null ? mask : node(LoopOp.BOTH, 0, required, mask);
  }

  /** Returns what must be set for the loop to go on, null if nothing. */
  @Nullable Node required() {
    return required;
  }

  /** Returns a value of the program that is in memory. */
  Node load(int value) {
    return node(LoopOp.LOAD, value);
  }

  /** Returns a value of the program that is the same for all elements. */
  Node uniform(int value) {
    return node(LoopOp.UNIFORM, value);
  }

  Node number(float number) {
    return node(LoopOp.NUMBER, Float.floatToRawIntBits(number));
  }

  Node word(int word) {
    return node(LoopOp.WORD, word);
  }

  /** Returns what a method of the Vector API makes of some vectors. */
  Node apply(LoopOp op, Node... operands) {
    Node a = operands[0];
    boolean negated = a.op == LoopOp.NEG;
    return switch (op) {
      case NEG -> negated ? a.operands.getFirst() : node(op, 0, a);
      // |-a| is |a|, and ||a|| is, too.
      case ABS ->
          negated
              ? apply(LoopOp.ABS, a.operands.getFirst())
              : a.op == LoopOp.ABS ? a : node(op, 0, a);
      default -> node(op, 0, operands);
    };
  }

  Node shiftLeft(Node words, int bits) {
    return node(LoopOp.SHIFT_LEFT, bits, words);
  }

  Node shiftRight(Node words, int bits) {
    return node(LoopOp.SHIFT_RIGHT, bits, words);
  }

  Node fma(Node a, Node b, Node c) {
    return node(LoopOp.FMA, 0, a, b, c);
  }

  /** Returns {@code a b + c} with a number c. */
  Node fma(Node a, Node b, float c) {
    return fma(a, b, number(c));
  }

  /** Returns {@code ((c0 x + c1) x + c2) x ...}. */
  Node polynomial(Node x, float... coefficients) {
    Node p = number(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      p = fma(p, x, coefficients[i]);
    }
    return p;
  }

  Node blend(Node otherwise, Node where, Node mask) {
    return node(LoopOp.BLEND, 0, otherwise, where, mask);
  }

  /** Returns 1 where a mask is set, else 0. */
  Node truth(Node mask) {
    return blend(number(0), number(1), mask);
  }

  /** Returns where a number is not 0: of a comparison's 1 and 0, the comparison. */
  Node isTrue(Node a) {
    boolean truth =
        a.op == LoopOp.BLEND && a.operands.get(0) == number(0) && a.operands.get(1) == number(1);
    return truth ? a.operands.get(2) : apply(LoopOp.NE, a, number(0));
  }

  /** Returns the larger; where one is a number in the code, without the care that NaN takes. */
  Node max(Node a, Node b) {
    if (b.op == LoopOp.NUMBER && isPlain(b.what, 0)) {
      return blend(a, b, apply(LoopOp.LE, a, b));
    }
    return node(LoopOp.MAX, 0, a, b);
  }

  /** Returns the smaller. */
  Node min(Node a, Node b) {
    if (b.op == LoopOp.NUMBER && isPlain(b.what, Integer.MIN_VALUE)) {
      return blend(a, b, apply(LoopOp.LE, b, a));
    }
    return node(LoopOp.MIN, 0, a, b);
  }

  /** Says whether bits are those of one zero, or of a number that is neither zero nor NaN. */
  private static boolean isPlain(int bits, int zero) {
    float number = Float.intBitsToFloat(bits);
    return bits == zero || (number != 0 && !Float.isNaN(number));
  }
}

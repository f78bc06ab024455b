package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.cpu.simd.Shares;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Where the values of a pointwise program live while a block of elements goes through it.
 *
 * <p>Inputs of the outputs' shape are read where they are. All else has slots of a block's length:
 * numbers that are the same for all elements, inputs that are spread by broadcasting, and results,
 * whose slots are used again once nothing reads them any more.
 */
final class PointwisePlan {

  /** Floats of all slots together, to leave room in a first cache of 32 KiB. */
  private static final int CACHE = 6144;

  private static final int SMALLEST = 128;
  private static final int LARGEST = 1024;

  final int n;
  final Instruction[] code;
  final int[] outputs;
  final int inputs;
  final int parameters;

  /** The slot of each value, -1 for inputs that are read where they are. */
  final int[] slots;

  /** How the inputs that are spread are walked, null for others. */
  final Spread[] spreads;

  /** Whether an input is written as it is. */
  final boolean writesInput;

  /** How many elements each input has. */
  final int[] sizes;

  final int slotCount;

  /** Whether there is an input that is spread and not one number. */
  final boolean spread;

  /** The values that are known to be between 0 and 1. */
  final BitSet shares;

  /** Elements of a block that goes through the program at once. */
  final int block;

  private PointwisePlan(PointwiseSpec spec) {
    PointwiseProgram p = spec.program();
    n = Math.toIntExact(spec.output().size());
    code = p.code().toArray(Instruction[]::new);
    outputs = p.outputs().stream().mapToInt(Integer::intValue).toArray();
    inputs = p.inputs();
    shares = Shares.of(p);
    parameters = p.parameters();
    slots = new int[p.firstResult() + code.length];
    Arrays.fill(slots, -1);
    spreads = new Spread[inputs];
    sizes = new int[inputs];
    for (int i = 0; i < inputs; i++) {
      sizes[i] = Math.toIntExact(spec.inputs().get(i).size());
      if (!spec.inputs().get(i).equals(spec.output())) {
        spreads[i] = Spread.of(spec.inputs().get(i), spec.output());
      }
    }
    spread = Arrays.stream(spreads).anyMatch(s -> s != null && !s.isConstant());
    writesInput = Arrays.stream(outputs).anyMatch(v -> v < inputs);
    slotCount = assignSlots();
    int even = CACHE / Math.max(1, slotCount) / SMALLEST * SMALLEST;
    block = Math.clamp(even, SMALLEST, LARGEST);
  }

  static PointwisePlan of(PointwiseSpec spec) {
    return new PointwisePlan(spec);
  }

  private int assignSlots() {
    int next = 0;
    for (int v = 0; v < inputs + parameters; v++) {
      if (v >= inputs || spreads[v] != null) {
        slots[v] = next++;
      }
    }
    int first = inputs + parameters;
    List<List<Integer>> ending = endings(first);
    Deque<Integer> free = new ArrayDeque<>();
    for (int i = 0; i < code.length; i++) {
      boolean constant = code[i].op() == PointwiseOp.LITERAL;
      slots[first + i] = constant || free.isEmpty() ? next++ : free.pop();
      for (int v : ending.get(i)) {
        free.push(slots[v]);
      }
    }
    return next;
  }

  /** Returns for each instruction the results that nothing reads after it. */
  private List<List<Integer>> endings(int first) {
    int[] last = new int[slots.length];
    Arrays.fill(last, -1);
    for (int i = 0; i < code.length; i++) {
      last[first + i] = i; // what nobody reads still needs room
      for (int k = 0; k < code[i].op().operands(); k++) {
        last[code[i].operand(k)] = i;
      }
    }
    for (int output : outputs) {
      last[output] = Integer.MAX_VALUE;
    }
    List<List<Integer>> ending = new ArrayList<>();
    for (int i = 0; i < code.length; i++) {
      ending.add(new ArrayList<>());
    }
    for (int i = 0; i < code.length; i++) {
      int v = first + i;
      if (code[i].op() != PointwiseOp.LITERAL && last[v] != Integer.MAX_VALUE) {
        ending.get(last[v]).add(v);
      }
    }
    return ending;
  }
}

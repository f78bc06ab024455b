package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.cpu.simd.LoopCode;
import io.cortado.cpu.simd.PointwiseLoop;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A program, how much it has been used, and its loop once there is one. */
final class FusedProgram {

  final PointwiseProgram program;

  /** The inputs that are one number for all elements. */
  final Set<Integer> uniformInputs;

  /** Written by the thread that makes loops, read by the one that runs programs. */
  private volatile @Nullable PointwiseLoop loop;

  /** Elements times instructions since the program was first seen. */
  long work;

  /** Whether a loop has been asked for; never twice. */
  boolean asked;

  FusedProgram(PointwiseProgram program, Set<Integer> uniformInputs) {
    this.program = program;
    this.uniformInputs = uniformInputs;
  }

  @Nullable PointwiseLoop loop() {
    return loop;
  }

  void publish(PointwiseLoop made) {
    loop = made;
  }

  /** Returns why the program cannot be one loop, or "". */
  String refusal() {
    int cost = 0;
    for (Instruction i : program.code()) {
      if (!LoopCode.allows(i.op())) {
        return i.op() + " has no vectors of its own";
      }
      cost += LoopCode.cost(i.op());
    }
    boolean computes = program.outputs().stream().anyMatch(this::isComputed);
    return !computes
        ? "nothing is computed"
        : cost > LoopCode.MOST ? "about " + cost + " vectors are too many for a method" : "";
  }

  /** Returns what the loop is made of. */
  LoopCode code() {
    Set<Integer> uniform = new HashSet<>(uniformInputs);
    for (int v = program.inputs(); v < program.firstResult(); v++) {
      uniform.add(v);
    }
    Set<Integer> stored = new HashSet<>();
    program.outputs().stream().filter(this::isComputed).forEach(stored::add);
    return new LoopCode(program, uniform, 0, program.code().size(), stored);
  }

  private boolean isComputed(int value) {
    int first = program.firstResult();
    return value >= first && program.code().get(value - first).op() != PointwiseOp.LITERAL;
  }
}

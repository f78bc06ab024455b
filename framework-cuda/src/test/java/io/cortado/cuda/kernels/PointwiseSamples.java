package io.cortado.cuda.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Generated kernels for NVIDIA's compilers: every operation, read in every way. */
final class PointwiseSamples {

  private PointwiseSamples() {}

  /** Returns texts by name. */
  static Map<String, String> sources() {
    Shape out = Shape.of(4, 6);
    Map<String, String> sources = new TreeMap<>();
    sources.put("pointwise-flat.cu", source(100, out, out, false));
    sources.put("pointwise-broadcast.cu", source(100, out, Shape.of(6), false));
    sources.put("pointwise-wide.cu", source(10, out, Shape.of(4, 1), false));
    sources.put("pointwise-reduced.cu", source(100, out, Shape.of(6), true));
    return sources;
  }

  /** Returns a short text, without what stands in front of it. */
  static String example() {
    Shape out = Shape.of(4, 6);
    return PointwiseSource.generated(
        PointwiseSourceTest.PROGRAM,
        PointwiseSourceTest.layout(100, out, Shape.of(6), out).pattern(),
        false);
  }

  private static String source(long narrow, Shape out, Shape second, boolean reduces) {
    return PointwiseSource.of(
        everything(), PointwiseSourceTest.layout(narrow, out, second, out).pattern(), reduces);
  }

  /** All operations of two inputs and a parameter, and the sum of their results. */
  private static PointwiseProgram everything() {
    List<Instruction> code = new ArrayList<>();
    for (PointwiseOp op : PointwiseOp.values()) {
      code.add(new Instruction(op, 0, 1, 2, op == PointwiseOp.LITERAL ? Float.NaN : 0));
    }
    int sum = 3;
    for (int i = 1; i < PointwiseOp.values().length; i++) {
      code.add(new Instruction(PointwiseOp.ADD, sum, 3 + i, 0, 0));
      sum = 2 + code.size();
    }
    return new PointwiseProgram(2, 1, code, List.of(sum, 3));
  }
}

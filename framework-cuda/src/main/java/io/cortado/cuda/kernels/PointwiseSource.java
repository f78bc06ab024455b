package io.cortado.cuda.kernels;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the kernel of a pointwise program: CUDA C in which each instruction is one line.
 *
 * <p>The text holds the program and the {@linkplain PointwiseLayout.Pattern pattern} of its inputs,
 * but no size and no parameter's value; these are arguments. Sums and products are rounded one by
 * one (by {@code __fmul_rn} and the like, which the compiler does not contract to a multiply-add),
 * so that a program has the results, bit by bit, of its instructions one after the other.
 */
final class PointwiseSource {

  /** What the compiler and messages call the texts; the folder says that they are not files. */
  static final String FILE = "generated/pointwise.cu";

  /** The kernel's name. */
  static final String KERNEL = "pointwise";

  /** Longer programs have no loop of four elements: arithmetic, not memory, is their limit. */
  private static final int SHORT = 64;

  private static final String FUNCTIONS =
      """
      __device__ inline float sign_of(float a) { return a > 0.0f ? 1.0f : a < 0.0f ? -1.0f : a; }
      // fminf and fmaxf lose NaN.
      __device__ inline float smaller(float a, float b) { return a != a || b != b ? a + b : fminf(a, b); }
      __device__ inline float larger(float a, float b) { return a != a || b != b ? a + b : fmaxf(a, b); }
      """;

  private static final String DIVIDE_NARROW =
      """
      typedef unsigned Place;
      __device__ inline Place divide(Place n, Index, Index magic, Index shift) {
        return (__umulhi(n, (unsigned)magic) + n) >> (int)shift;
      }
      """;

  private static final String DIVIDE_WIDE =
      """
      typedef unsigned long long Place;
      __device__ inline Place divide(Place n, Index extent, Index, Index) { return n / (Place)extent; }
      """;

  private final PointwiseProgram program;
  private final PointwiseLayout.Pattern pattern;
  private final boolean reduces;
  private final boolean[] needed;
  private final StringBuilder text = new StringBuilder();

  private PointwiseSource(
      PointwiseProgram program, PointwiseLayout.Pattern pattern, boolean reduces) {
    this.program = program;
    this.pattern = pattern;
    this.reduces = reduces;
    this.needed = needed(program);
  }

  /**
   * Returns the text of a program for inputs of a pattern, with all that belongs in front of it.
   *
   * @param reduces whether of the first output each block writes its sum only
   */
  static String of(PointwiseProgram program, PointwiseLayout.Pattern pattern, boolean reduces) {
    return KernelSource.with(generated(program, pattern, reduces));
  }

  /** Returns the text without what stands in front of all kernels. */
  static String generated(
      PointwiseProgram program, PointwiseLayout.Pattern pattern, boolean reduces) {
    PointwiseSource source = new PointwiseSource(program, pattern, reduces);
    source.text.append(FUNCTIONS);
    source.structs();
    source.compute();
    source.kernel();
    return source.text.toString();
  }

  /** Says whether threads take four elements at a time, where all of them lie so. */
  static boolean isByFours(PointwiseProgram program, PointwiseLayout.Pattern pattern) {
    return pattern.rank() == 0 && program.code().size() <= SHORT;
  }

  /** Marks the values that outputs depend on: compilers warn of others. */
  private static boolean[] needed(PointwiseProgram program) {
    int first = program.firstResult();
    boolean[] needed = new boolean[first + program.code().size()];
    program.outputs().forEach(o -> needed[o] = true);
    for (int v = needed.length - 1; v >= first; v--) {
      Instruction i = program.code().get(v - first);
      for (int k = 0; k < i.op().operands() && needed[v]; k++) {
        needed[i.operand(k)] = true;
      }
    }
    return needed;
  }

  private void line(String format, Object... arguments) {
    text.append(format.formatted(arguments)).append('\n');
  }

  private void structs() {
    if (program.parameters() > 0) {
      line("struct Parameters {\n  float value[%d];\n};", program.parameters());
    }
    if (pattern.rank() > 0) {
      text.append(pattern.wide() ? DIVIDE_WIDE : DIVIDE_NARROW);
      int r = pattern.rank();
      line(
          "// The extents of the axes, innermost first, and how far a step along each is in inputs.");
      line("struct Layout {");
      line("  Index extent[%d], magic[%d], shift[%d];", r, r, r);
      line("  Index step[%d][%d];", pattern.strided().size(), r);
      line("};");
    }
  }

  /** The program for one element; values have the numbers that they have in the program. */
  private void compute() {
    List<String> heads = new ArrayList<>();
    if (program.parameters() > 0) {
      heads.add("const Parameters& p");
    }
    for (int i : inputs()) {
      heads.add("float v" + i);
    }
    for (int o = 0; o < program.outputs().size(); o++) {
      heads.add("float& y" + o);
    }
    line("__device__ __forceinline__ void compute(%s) {", String.join(", ", heads));
    for (int i = 0; i < program.parameters(); i++) {
      int v = program.inputs() + i;
      if (needed[v]) {
        line("  const float v%d = p.value[%d];", v, i);
      }
    }
    int v = program.firstResult();
    for (Instruction i : program.code()) {
      if (needed[v]) {
        line("  const float v%d = %s;", v, expression(i));
      }
      v++;
    }
    for (int o = 0; o < program.outputs().size(); o++) {
      line("  y%d = v%d;", o, program.outputs().get(o));
    }
    line("}");
  }

  /** Returns the inputs that are read. */
  private List<Integer> inputs() {
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < program.inputs(); i++) {
      if (needed[i]) {
        inputs.add(i);
      }
    }
    return inputs;
  }

  private static String expression(Instruction i) {
    String form =
        switch (i.op()) {
          case LITERAL -> literal(i.literal());
          case NEG -> "-a";
          case ABS -> "fabsf(a)";
          case SIGN -> "sign_of(a)";
          case FLOOR -> "floorf(a)";
          case ROUND -> "rintf(a)";
          case SQUARE -> "__fmul_rn(a, a)";
          case SQRT -> "sqrtf(a)";
          case RSQRT -> "rsqrtf(a)";
          case RECIPROCAL -> "1.0f / a";
          case EXP -> "expf(a)";
          case EXPM1 -> "expm1f(a)";
          case LOG -> "logf(a)";
          case LOG1P -> "log1pf(a)";
          case SIN -> "sinf(a)";
          case COS -> "cosf(a)";
          case TANH -> "tanhf(a)";
          case SIGMOID -> "1.0f / (1.0f + expf(-a))";
          case ERF -> "erff(a)";
          case ADD -> "__fadd_rn(a, b)";
          case SUB -> "__fsub_rn(a, b)";
          case MUL -> "__fmul_rn(a, b)";
          case DIV -> "a / b";
          case POW -> "powf(a, b)";
          case MIN -> "smaller(a, b)";
          case MAX -> "larger(a, b)";
          case LT -> "a < b ? 1.0f : 0.0f";
          case LE -> "a <= b ? 1.0f : 0.0f";
          case EQ -> "a == b ? 1.0f : 0.0f";
          case NE -> "a != b ? 1.0f : 0.0f";
          case WHERE -> "a != 0.0f ? b : c";
        };
    if (i.op() == PointwiseOp.LITERAL) {
      return form;
    }
    return form.replaceAll("\\ba\\b", "v" + i.a())
        .replaceAll("\\bb\\b", "v" + i.b())
        .replaceAll("\\bc\\b", "v" + i.c());
  }

  /** Java's shortest decimals read back as the same float. */
  private static String literal(float value) {
    return Float.isFinite(value)
        ? value + "f"
        : "__int_as_float(0x%08x)".formatted(Float.floatToRawIntBits(value));
  }

  private void kernel() {
    List<String> heads = new ArrayList<>(List.of("Index n"));
    if (program.parameters() > 0) {
      heads.add("Parameters p");
    }
    if (pattern.rank() > 0) {
      heads.add("Layout l");
    }
    for (int i = 0; i < program.inputs(); i++) {
      heads.add("const float* x" + i);
    }
    if (reduces) {
      heads.add("float divisor");
    }
    for (int o = 0; o < program.outputs().size(); o++) {
      heads.add("float* out" + o);
    }
    line(
        "extern \"C\" __global__ void __launch_bounds__(BLOCK) %s(%s) {",
        KERNEL, String.join(", ", heads));
    if (reduces) {
      line("  __shared__ float part[BLOCK];\n  float sum = 0.0f;");
    }
    for (int i : inputs()) {
      if (pattern.access().get(i) == PointwiseLayout.ONE) {
        line("  const float one%d = x%d[0];", i, i);
      }
    }
    boolean fours = isByFours(program, pattern);
    if (fours) {
      fours();
    }
    line("  for (Index i = %sfirst(); i < n; i += stride()) {", fours ? "done + " : "");
    if (pattern.rank() > 0) {
      places();
    }
    // All that is read is read before anything is written: an output may be an input.
    for (int i : inputs()) {
      int access = pattern.access().get(i);
      if (access != PointwiseLayout.ONE) {
        line(
            "    const float a%d = x%d[%s];",
            i, i, access == PointwiseLayout.FULL ? "i" : "at" + i);
      }
    }
    line("    float %s;", outputs("b%d"));
    call("    ", "");
    if (reduces) {
      line("    sum += b0;");
    }
    for (int o = firstWritten(); o < program.outputs().size(); o++) {
      line("    out%d[i] = b%d;", o, o);
    }
    line("  }");
    if (reduces) {
      // Of one block the number itself, of more what another launch adds up.
      line("  sum = block_sum(sum, part);");
      line("  if (threadIdx.x == 0) out0[blockIdx.x] = gridDim.x == 1 ? sum / divisor : sum;");
    }
    line("}");
  }

  /** Returns the first output whose elements are written. */
  private int firstWritten() {
    return reduces ? 1 : 0;
  }

  private String outputs(String form) {
    List<String> all = new ArrayList<>();
    for (int o = 0; o < program.outputs().size(); o++) {
      all.add(form.formatted(o));
    }
    return String.join(", ", all);
  }

  /** Calls the program for one element, or for a member of four. */
  private void call(String indentation, String member) {
    List<String> arguments = new ArrayList<>();
    if (program.parameters() > 0) {
      arguments.add("p");
    }
    for (int i : inputs()) {
      boolean one = pattern.access().get(i) == PointwiseLayout.ONE;
      arguments.add(one ? "one" + i : "a" + i + member);
    }
    arguments.add(outputs("b%d" + member));
    line("%scompute(%s);", indentation, String.join(", ", arguments));
  }

  /** Four elements at a time, where all of them lie so that it is possible. */
  private void fours() {
    List<String> aligned = new ArrayList<>();
    List<Integer> full = new ArrayList<>(inputs());
    full.removeIf(i -> pattern.access().get(i) != PointwiseLayout.FULL);
    full.forEach(i -> aligned.add("aligned(x" + i + ")"));
    for (int o = firstWritten(); o < program.outputs().size(); o++) {
      aligned.add("aligned(out" + o + ")");
    }
    line("  Index done = 0;");
    line("  if (%s) {", aligned.isEmpty() ? "true" : String.join(" && ", aligned));
    line("    done = n / 4 * 4;");
    line("    for (Index i = first(); i < n / 4; i += stride()) {");
    full.forEach(i -> line("      const float4 a%d = ((const float4*)x%d)[i];", i, i));
    line("      float4 %s;", outputs("b%d"));
    for (String member : List.of(".x", ".y", ".z", ".w")) {
      call("      ", member);
    }
    if (reduces) {
      line("      sum += (b0.x + b0.y) + (b0.z + b0.w);");
    }
    for (int o = firstWritten(); o < program.outputs().size(); o++) {
      line("      ((float4*)out%d)[i] = b%d;", o, o);
    }
    line("    }\n  }");
  }

  /** Where in each input that moves along some axes only the element i lies. */
  private void places() {
    int moves = 0;
    for (int i : inputs()) {
      moves |= Math.max(0, pattern.access().get(i));
    }
    int last = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(moves);
    for (int k = 0; k <= last; k++) {
      String rest = k == 0 ? "(Place)i" : "rest" + k;
      boolean outermost = k == pattern.rank() - 1;
      if (!outermost) {
        line(
            "    const Place rest%d = divide(%s, l.extent[%d], l.magic[%d], l.shift[%d]);",
            k + 1, rest, k, k, k);
      }
      if ((moves >> k & 1) != 0) {
        String part = outermost ? "" : " - rest%d * (Place)l.extent[%d]".formatted(k + 1, k);
        line("    const Place c%d = %s%s;", k, rest, part);
      }
    }
    List<Integer> strided = pattern.strided();
    for (int s = 0; s < strided.size(); s++) {
      int i = strided.get(s);
      if (needed[i]) {
        line("    const Place at%d = %s;", i, place(pattern.access().get(i), s));
      }
    }
  }

  private static String place(int moves, int s) {
    List<String> parts = new ArrayList<>();
    for (int k = 0; k < Integer.SIZE; k++) {
      if ((moves >> k & 1) != 0) {
        parts.add("c%d * (Place)l.step[%d][%d]".formatted(k, s, k));
      }
    }
    return String.join(" + ", parts);
  }
}

package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in the kernels of pointwise programs. */
final class ProgramFaults {

  private ProgramFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "programs-without-their-pattern",
            "a program's kernel is found again whatever its inputs' shapes are",
            BACKEND + "kernels/PointwiseKernels.java",
            "CUfunction function = functions.get(key);",
            "CUfunction function = functions.entrySet().stream()"
                + ".filter(e -> e.getKey().program().equals(program))"
                + ".map(e -> e.getValue()).findFirst().orElse(null);",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE + "|out-of-bounds|missing-argument|Exception"),
        new Mutant(
            "program-divides-by-one-less",
            "a program's kernel divides by a wrong reciprocal",
            BACKEND + "kernels/PointwiseLayout.java",
            "<< Integer.SIZE) / d + 1;",
            "<< Integer.SIZE) / d - 1;",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE + "|out-of-bounds"),
        new Mutant(
            "program-takes-no-heed-of-alignment",
            "four floats of an output are written at once wherever it begins",
            BACKEND + "kernels/PointwiseSource.java",
            """
                  aligned.add("aligned(out" + o + ")");
            """,
            """
                  aligned.add("true");
            """,
            "CudaPointwiseTest",
            "misaligned"),
        new Mutant(
            "program-loses-nan",
            "the smaller of a number and NaN is the number",
            BACKEND + "kernels/PointwiseSource.java",
            "smaller(float a, float b) { return a != a || b != b ? a + b : fminf(a, b); }",
            "smaller(float a, float b) { return fminf(a, b); }",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE),
        new Mutant(
            "program-contracts",
            "a product is added without having been rounded",
            BACKEND + "kernels/PointwiseSource.java",
            "case MUL -> \"__fmul_rn(a, b)\";",
            "case MUL -> \"a * b\";",
            "CudaPointwiseTest",
            WRONG_VALUE));
  }
}

package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.KERNELS;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in the formulas of kernels. */
final class ArithmeticFaults {

  private ArithmeticFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "beta-ignored",
            "gradients overwrite instead of adding",
            KERNELS + "common.cu",
            "return beta == 0.0f ? value : value + beta * old[i];",
            "return value;",
            "CudaConformanceTest/Elementwise",
            WRONG_VALUE),
        new Mutant(
            "beta-of-zero-multiplies",
            "what is to be overwritten is multiplied by 0, NaN and all",
            KERNELS + "common.cu",
            "return beta == 0.0f ? value : value + beta * old[i];",
            "return value + beta * old[i];",
            "CudaConformanceTest/Elementwise",
            "NaN"),
        new Mutant(
            "philox-counter",
            "the stream is written over the step in the random counter",
            KERNELS + "random.cu",
            "stream << 24 | ((unsigned)step[1] & 0xFFFFFFu)};",
            "stream << 16 | ((unsigned)step[1] & 0xFFFFFFu)};",
            "CudaConformanceTest/Random",
            WRONG_VALUE),
        new Mutant(
            "dropout-not-scaled",
            "what dropout keeps is not scaled",
            KERNELS + "random.cu",
            "x[i] * scale",
            "x[i]",
            "CudaConformanceTest/Random",
            WRONG_VALUE),
        new Mutant(
            "adam-constant",
            "Adam's second moment takes the first one's factor",
            KERNELS + "optimizer.cu",
            "one_less_beta2 * g * g",
            "one_less_beta1 * g * g",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE),
        new Mutant(
            "eps-under-the-root",
            "Adam's eps is added before the root is taken",
            KERNELS + "optimizer.cu",
            "(sqrtf(v1) * inv_sqrt_correction2 + eps)",
            "(sqrtf(v1 + eps) * inv_sqrt_correction2)",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE),
        new Mutant(
            "exponentials-overflow",
            "a softmax takes exponentials of large numbers",
            KERNELS + "loss.cu",
            "sum += expf(logits[start + c * inner] - largest);",
            "sum += expf(logits[start + c * inner]);",
            "CudaConformanceTest/Loss",
            WRONG_VALUE),
        new Mutant(
            "last-of-equals",
            "of equal elements the last one is the largest",
            KERNELS + "reduce.cu",
            "b.place < a.place);",
            "b.place > a.place);",
            "CudaConformanceTest/Reduce",
            WRONG_VALUE),
        new Mutant(
            "nan-lost",
            "a ReLU makes zeros of NaN",
            KERNELS + "common.cu",
            "case UNARY_RELU: return x > 0.0f || x != x ? x : 0.0f;",
            "case UNARY_RELU: return x > 0.0f ? x : 0.0f;",
            "CudaConformanceTest/Unary",
            WRONG_VALUE));
  }
}

package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.KERNELS;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in what the threads of kernels read, write and wait for. */
final class KernelFaults {

  private KernelFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "one-element-too-far",
            "a sum reads one element beyond its end",
            KERNELS + "reduce.cu",
            "k < end; k++) sum += from[k * r.summed_step[0]];",
            "k <= end; k++) sum += from[k * r.summed_step[0]];",
            "CudaConformanceTest/Reduce",
            "out-of-bounds"),
        new Mutant(
            "no-bounds-check",
            "threads beyond the end write",
            KERNELS + "optimizer.cu",
            "for (Index i = first(); i < n; i += stride()) if (x[i] != 0.0f) x[i] *= f;",
            "for (Index i = first(); i <= n; i += stride()) if (x[i] != 0.0f) x[i] *= f;",
            "CudaConformanceTest/Optimizer",
            "out-of-bounds"),
        new Mutant(
            "barrier-missing-in-a-sum",
            "threads of a block add up what others have not written yet",
            KERNELS + "common.cu",
            """
                if (t < k) part[t] += part[t + k];
                __syncthreads();
            """,
            """
                if (t < k) part[t] += part[t + k];
            """,
            "CudaConformanceTest/Loss",
            "shared-memory-race"),
        new Mutant(
            "barrier-missing-between-sums",
            "the next sum writes while the last one is read",
            KERNELS + "common.cu",
            """
              T sum = part[0];
              __syncthreads();  // part may be used again
            """,
            """
              T sum = part[0];
            """,
            "CudaConformanceTest/Loss",
            "shared-memory-race"),
        new Mutant(
            "barrier-missing-after-warps",
            "a block reads what its warps have not written yet",
            KERNELS + "common.cu",
            """
                if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = value;
                __syncthreads();
            """,
            """
                if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = value;
            """,
            "CudaConformanceTest/Loss",
            "shared-memory-race"),
        new Mutant(
            "barrier-for-some",
            "only some threads of a block come to the barrier",
            KERNELS + "common.cu",
            """
                if (t < k) part[t] += part[t + k];
                __syncthreads();
            """,
            """
                if (t < k) { part[t] += part[t + k]; __syncthreads(); }
            """,
            "CudaConformanceTest/Loss",
            "divergent-barrier|shared-memory-race"),
        new Mutant(
            "stride-of-a-block",
            "blocks do each other's work again",
            KERNELS + "common.cu",
            "return (Index)gridDim.x * blockDim.x;",
            "return (Index)blockDim.x;",
            "CudaConformanceTest/Elementwise",
            "global-memory-race"),
        new Mutant(
            "index-of-32-bits",
            "indices are ints where the host passes longs",
            KERNELS + "common.cu",
            "typedef long long Index;",
            "typedef int Index;",
            "CudaConformanceTest/Reduce",
            "RED"),
        new Mutant(
            "misaligned-vector-load",
            "four floats are read at once from where one may begin",
            KERNELS + "elementwise.cu",
            "map(n, x, nullptr, nullptr, 0.0f, y, [=](float v, float, float) { return activate(kind, a, b, v); });",
            "for (Index i = first(); i < n; i += stride()) y[i] = activate(kind, a, b, (*(const float4*)(x + i)).x);",
            "CudaConformanceTest/Unary",
            "misaligned"),
        new Mutant(
            "window-before-the-image",
            "a padded window reads in front of its image",
            KERNELS + "pool.cu",
            "return start >= 0 ? start : start + (-start + d - 1) / d * d;",
            "return start + 0 * d;",
            "CudaConformanceTest/Pool",
            "out-of-bounds|index-out-of-bounds|" + WRONG_VALUE));
  }
}

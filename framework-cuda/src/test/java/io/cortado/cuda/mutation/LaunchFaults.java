package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in how kernels are compiled and launched. */
final class LaunchFaults {

  private LaunchFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "launch-not-checked",
            "the code of a launch is ignored",
            BACKEND + "kernels/Family.java",
            """
                CudaErrors.check(
                    JCudaDriver.cuLaunchKernel(
            """,
            """
                java.util.Objects.hash(
                    JCudaDriver.cuLaunchKernel(
            """,
            "CudaFailureTest",
            "cuLaunchKernel"),
        new Mutant(
            "compute-capability-not-in-the-key",
            "kernels for one architecture are taken for another's",
            BACKEND + "kernels/KernelCompiler.java",
            "List.of(source, String.join(\" \", options(target)), versions)",
            "List.of(source, versions)",
            "KernelCompilationTest",
            "wrong-architecture|CUDA_ERROR_NO_BINARY"),
        new Mutant(
            "grid-too-small",
            "fewer blocks are launched than the host has room for sums of",
            BACKEND + "kernels/OptimizerKernels.java",
            "launch(\"sum_of_squares\", parts, n, x, squares);",
            "launch(\"sum_of_squares\", Math.max(1, parts - 1), n, x, squares);",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE),
        new Mutant(
            "scratch-too-small",
            "there is no room for the last block's sum",
            BACKEND + "kernels/LossKernels.java",
            "scratch((long) parts * Float.BYTES)",
            "scratch((parts - 1L) * Float.BYTES)",
            "CudaConformanceTest/Loss",
            "out-of-bounds"));
  }
}

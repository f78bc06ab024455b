package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in what cuBLAS and cuDNN are told. */
final class LibraryFaults {

  private LibraryFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "workspace-too-small",
            "cuDNN gets half of the workspace that its algorithm wants",
            BACKEND + "dnn/Convolutions.java",
            "memory.scratch(algorithm.workspaceBytes())",
            "memory.scratch(algorithm.workspaceBytes() / 2)",
            "CudaConformanceTest/Conv",
            "workspace-too-small|workspace"),
        new Mutant(
            "workspace-promised",
            "cuDNN is promised more workspace than there is",
            BACKEND + "dnn/Convolutions.java",
            """
                try (Scratch workspace = memory.scratch(algorithm.workspaceBytes())) {
                  checkDnn(call.on(workspace.pointer(), workspace.bytes()), name, s);
            """,
            """
                try (Scratch workspace = memory.scratch(algorithm.workspaceBytes() / 2)) {
                  checkDnn(call.on(workspace.pointer(), algorithm.workspaceBytes()), name, s);
            """,
            "CudaConformanceTest/Conv",
            "out-of-bounds"),
        new Mutant(
            "descriptor-lost",
            "descriptors are made and never destroyed",
            BACKEND + "dnn/Descriptors.java",
            """
                made.push(new Made(destroyCall, destroy));
            """,
            "",
            "LibrariesTest",
            "leak|never destroyed"),
        new Mutant(
            "handle-not-destroyed",
            "cuDNN's handle is left behind",
            BACKEND + "dnn/Dnn.java",
            """
                      ctcs::close,
                      () -> checkDnn(JCudnn.cudnnDestroy(handle), "cudnnDestroy", null)
            """,
            """
                      ctcs::close
            """,
            "LibrariesTest",
            "leak"),
        new Mutant(
            "module-not-unloaded",
            "kernels stay loaded",
            BACKEND + "kernels/Kernels.java",
            "JCudaDriver.cuModuleUnload(module.getValue())",
            "0",
            "TransfersTest",
            "leak"),
        new Mutant(
            "wrong-layout",
            "cuDNN takes tensors for NHWC",
            BACKEND + "dnn/Descriptors.java",
            "JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, type, n, c, h, w)",
            "JCudnn.cudnnSetTensor4dDescriptor(d, cudnnTensorFormat.CUDNN_TENSOR_NHWC, type, n, c, h, w)",
            "CudaConformanceTest/Conv",
            WRONG_VALUE + "|CUDNN_STATUS"),
        new Mutant(
            "groups-forgotten",
            "a grouped convolution is computed without groups",
            BACKEND + "dnn/Descriptors.java",
            "JCudnn.cudnnSetConvolutionGroupCount(d, s.groups())",
            "JCudnn.cudnnSetConvolutionGroupCount(d, 1)",
            "CudaConformanceTest/Conv",
            "channel-mismatch|CUDNN_STATUS"),
        new Mutant(
            "tf32-left-on",
            "cuDNN rounds to TF32",
            BACKEND + "dnn/ConvPlan.java",
            "case FLOAT32 -> cudnnMathType.CUDNN_FMA_MATH;",
            "case FLOAT32 -> cudnnMathType.CUDNN_DEFAULT_MATH;",
            "LibrariesTest",
            WRONG_VALUE),
        new Mutant(
            "wrong-leading-dimension",
            "a matrix product takes the columns of the product for the rows' distance in A",
            BACKEND + "blas/Blas.java",
            """
                          pa,
                          s.lda(),
                          factorC,
            """,
            """
                          pa,
                          s.k(),
                          factorC,
            """,
            "CudaConformanceTest/Gemm",
            "wrong-leading-dimension"),
        new Mutant(
            "empty-gradient",
            "the gradient of an empty batch is left to cuDNN, which knows no empty tensors",
            BACKEND + "dnn/Dnn.java",
            """
                if (isEmpty(s)) {
                  nothing(s, s.inputShape().size(), beta, dx);
                } else {
                  convolutions.backwardData(s, dy, w, beta, dx);
                }
            """,
            """
                convolutions.backwardData(s, dy, w, beta, dx);
            """,
            "LibrariesTest",
            "bad-dimension"),
        new Mutant(
            "momentum-turned-round",
            "running statistics keep what they should take",
            BACKEND + "dnn/BatchNorms.java",
            """
                          momentum,
                          pointer(runningMean, null),
            """,
            """
                          1 - momentum,
                          pointer(runningMean, null),
            """,
            "CudaConformanceTest/BatchNorm",
            WRONG_VALUE),
        new Mutant(
            "running-variance-of-the-mean",
            "the running variance is not kept",
            BACKEND + "dnn/BatchNorms.java",
            "pointer(runningVar, null),",
            "pointer(runningMean, null),",
            "CudaConformanceTest/BatchNorm",
            WRONG_VALUE + "|overlapping-buffers"),
        new Mutant(
            "average-for-a-sum",
            "a pooling that sums gives averages",
            BACKEND + "dnn/Poolings.java",
            "s.mode() == Mode.SUM ? (float) s.kernelH() * s.kernelW() : 1",
            "1",
            "CudaConformanceTest/Pool",
            WRONG_VALUE));
  }
}

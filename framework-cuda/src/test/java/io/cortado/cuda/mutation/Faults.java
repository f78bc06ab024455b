package io.cortado.cuda.mutation;

import java.util.ArrayList;
import java.util.List;

/** The faults that are planted. */
final class Faults {

  private static final String BACKEND = "java/io/cortado/cuda/";
  private static final String KERNELS = "resources/kernels/";

  /** What a test of values says where they are wrong. */
  private static final String WRONG_VALUE = "Expecting|expected|differ|but was|tolerance";

  static final List<Mutant> ALL = all();

  private Faults() {}

  private static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    streams(all);
    memory(all);
    libraries(all);
    recurrentLayers(all);
    launches(all);
    kernels(all);
    arithmetic(all);
    programs(all);
    sequences(all);
    return List.copyOf(all);
  }

  private static void sequences(List<Mutant> to) {
    to.add(
        new Mutant(
            "ctc-skips-between-repeats",
            "a repeated label needs no blank between its two",
            KERNELS + "ctc.cu",
            "place > 1 && q.labels[place / 2] != q.labels[place / 2 - 1]",
            "place > 1",
            "CudaConformanceTest/SequenceLoss",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "ctc-row-without-a-barrier",
            "a row is read by its neighbours before it is there",
            KERNELS + "ctc.cu",
            "row[s] -= top;\n  __syncthreads();",
            "row[s] -= top;",
            "CudaConformanceTest/SequenceLoss",
            "data-race|" + WRONG_VALUE));
    to.add(
        new Mutant(
            "ctc-label-once",
            "of a label's places the first alone counts",
            KERNELS + "ctc.cu",
            "for (int p = s; p; p = next[p]) all += share[p];",
            "all += share[s];",
            "CudaConformanceTest/SequenceLoss",
            WRONG_VALUE));
  }

  private static void programs(List<Mutant> to) {
    to.add(
        new Mutant(
            "programs-without-their-pattern",
            "a program's kernel is found again whatever its inputs' shapes are",
            BACKEND + "kernels/PointwiseKernels.java",
            "CUfunction function = functions.get(key);",
            "CUfunction function = functions.entrySet().stream()"
                + ".filter(e -> e.getKey().program().equals(program))"
                + ".map(e -> e.getValue()).findFirst().orElse(null);",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE + "|out-of-bounds|missing-argument|Exception"));
    to.add(
        new Mutant(
            "program-divides-by-one-less",
            "a program's kernel divides by a wrong reciprocal",
            BACKEND + "kernels/PointwiseLayout.java",
            "<< Integer.SIZE) / d + 1;",
            "<< Integer.SIZE) / d - 1;",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE + "|out-of-bounds"));
    to.add(
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
            "misaligned"));
    to.add(
        new Mutant(
            "program-loses-nan",
            "the smaller of a number and NaN is the number",
            BACKEND + "kernels/PointwiseSource.java",
            "smaller(float a, float b) { return a != a || b != b ? a + b : fminf(a, b); }",
            "smaller(float a, float b) { return fminf(a, b); }",
            "CudaConformanceTest/Pointwise",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "program-contracts",
            "a product is added without having been rounded",
            BACKEND + "kernels/PointwiseSource.java",
            "case MUL -> \"__fmul_rn(a, b)\";",
            "case MUL -> \"a * b\";",
            "CudaPointwiseTest",
            WRONG_VALUE));
  }

  private static void streams(List<Mutant> to) {
    to.add(
        new Mutant(
            "slot-reused-at-once",
            "a staging buffer is written again while a copy from it is queued",
            BACKEND + "PinnedSlots.java",
            """
                if (!isDone(oldest)) {
                  CudaErrors.check(
            """,
            """
                if (slots.isEmpty()) {
                  CudaErrors.check(
            """,
            "TransfersTest",
            "pinned-memory-race"));
    to.add(
        new Mutant(
            "event-not-recorded",
            "the event that says when a staging buffer is free is never recorded",
            BACKEND + "PinnedSlots.java",
            """
                  CudaErrors.check(JCudaDriver.cuEventRecord(copied, stream), "cuEventRecord", null);
            """,
            "",
            "TransfersTest",
            "pinned-memory-race"));
    to.add(
        new Mutant(
            "download-without-waiting",
            "the host reads a download before the stream is there",
            BACKEND + "Transfers.java",
            """
                  context.synchronize();
                  part.move(slot, at, n);
            """,
            """
                  part.move(slot, at, n);
            """,
            "TransfersTest",
            "NaN"));
    to.add(
        new Mutant(
            "upload-on-another-stream",
            "uploads go to the copy stream, and nothing waits for them",
            BACKEND + "Transfers.java",
            """
                      JCudaDriver.cuMemcpyHtoDAsync(to, slot.pointer(), 4L * n, stream),
            """,
            """
                      JCudaDriver.cuMemcpyHtoDAsync(to, slot.pointer(), 4L * n, context.copyStream()),
            """,
            "TransfersTest",
            "stream-race|pinned-memory-race"));
    to.add(
        new Mutant(
            "cublas-on-the-legacy-stream",
            "cuBLAS is not told the stream",
            BACKEND + "blas/Blas.java",
            "JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())),",
            "JCublas2.cublasSetStream(handle, null),",
            "CudaConformanceTest/Gemm",
            "stream-race"));
    to.add(
        new Mutant(
            "context-not-current",
            "the context is not made the calling thread's",
            BACKEND + "CudaContext.java",
            """
                CudaErrors.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent", null);
            """,
            "",
            "TransfersTest",
            "no-context|CUDA_ERROR_INVALID_CONTEXT"));
  }

  private static void memory(List<Mutant> to) {
    to.add(
        new Mutant(
            "double-free",
            "a segment is given back to the driver twice",
            BACKEND + "CudaMemory.java",
            """
                reserved -= segment.bytes();
            """,
            """
                reserved -= segment.bytes();
                JCudaDriver.cuMemFree(segment.pointer());
            """,
            "CudaMemoryTest",
            "double-free"));
    to.add(
        new Mutant(
            "memory-not-given-back",
            "closing forgets what is still in use",
            BACKEND + "CudaMemory.java",
            """
                  segments.add(block.segment);
                }
            """,
            """
                }
            """,
            "CudaMemoryTest",
            "leak"));
    to.add(
        new Mutant(
            "blocks-not-aligned",
            "blocks begin at multiples of 4 bytes, not of 256",
            BACKEND + "CudaMemory.java",
            "roundUp(Math.max(bytes, 1), ALIGNMENT)",
            "roundUp(Math.max(bytes, 1), 4)",
            "CudaMemoryTest",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "joined-block-overlaps",
            "a block that is joined with its neighbour stays in the list of free ones, and is handed out twice",
            BACKEND + "FreeBlocks.java",
            """
                  blocks.remove(next);
                  next.owner = null;
                  joined.join(next);
            """,
            """
                  joined.join(next);
            """,
            "CudaMemoryTest",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "workspace-used-after-release",
            "cuBLAS keeps a workspace that has been given back",
            BACKEND + "blas/Blas.java",
            """
                    return new Blas(handle, workspace, epilogue, precision, casts);
            """,
            """
                    workspace.close();
                    return new Blas(handle, workspace, epilogue, precision, casts);
            """,
            "CudaConformanceTest/Gemm",
            "use-after-free"));
    to.add(
        new Mutant(
            "slice-without-offset",
            "a slice begins where its buffer does",
            BACKEND + "Block.java",
            "offset == 0 ? segment.pointer() : segment.pointer().withByteOffset(offset)",
            "segment.pointer()",
            "LibrariesTest",
            "overlapping-buffers"));
    to.add(
        new Mutant(
            "page-locked-memory-lost",
            "page-locked memory is not freed",
            BACKEND + "PinnedSlots.java",
            """
                  closing.step(
                      () -> CudaErrors.check(JCudaDriver.cuMemFreeHost(slot.pointer()), "cuMemFreeHost", null));
            """,
            "",
            "TransfersTest",
            "leak"));
  }

  private static void libraries(List<Mutant> to) {
    to.add(
        new Mutant(
            "workspace-too-small",
            "cuDNN gets half of the workspace that its algorithm wants",
            BACKEND + "dnn/Convolutions.java",
            "memory.scratch(algorithm.workspaceBytes())",
            "memory.scratch(algorithm.workspaceBytes() / 2)",
            "CudaConformanceTest/Conv",
            "workspace-too-small|workspace"));
    to.add(
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
            "out-of-bounds"));
    to.add(
        new Mutant(
            "descriptor-lost",
            "descriptors are made and never destroyed",
            BACKEND + "dnn/Descriptors.java",
            """
                made.push(new Made(destroyCall, destroy));
            """,
            "",
            "LibrariesTest",
            "leak|never destroyed"));
    to.add(
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
            "leak"));
    to.add(
        new Mutant(
            "module-not-unloaded",
            "kernels stay loaded",
            BACKEND + "kernels/Kernels.java",
            "JCudaDriver.cuModuleUnload(module.getValue())",
            "0",
            "TransfersTest",
            "leak"));
    to.add(
        new Mutant(
            "wrong-layout",
            "cuDNN takes tensors for NHWC",
            BACKEND + "dnn/Descriptors.java",
            "JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, type, n, c, h, w)",
            "JCudnn.cudnnSetTensor4dDescriptor(d, cudnnTensorFormat.CUDNN_TENSOR_NHWC, type, n, c, h, w)",
            "CudaConformanceTest/Conv",
            WRONG_VALUE + "|CUDNN_STATUS"));
    to.add(
        new Mutant(
            "groups-forgotten",
            "a grouped convolution is computed without groups",
            BACKEND + "dnn/Descriptors.java",
            "JCudnn.cudnnSetConvolutionGroupCount(d, s.groups())",
            "JCudnn.cudnnSetConvolutionGroupCount(d, 1)",
            "CudaConformanceTest/Conv",
            "channel-mismatch|CUDNN_STATUS"));
    to.add(
        new Mutant(
            "tf32-left-on",
            "cuDNN rounds to TF32",
            BACKEND + "dnn/ConvPlan.java",
            "case FLOAT32 -> cudnnMathType.CUDNN_FMA_MATH;",
            "case FLOAT32 -> cudnnMathType.CUDNN_DEFAULT_MATH;",
            "LibrariesTest",
            WRONG_VALUE));
    to.add(
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
            "wrong-leading-dimension"));
    to.add(
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
            "bad-dimension"));
    to.add(
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
            WRONG_VALUE));
    to.add(
        new Mutant(
            "running-variance-of-the-mean",
            "the running variance is not kept",
            BACKEND + "dnn/BatchNorms.java",
            "pointer(runningVar, null),",
            "pointer(runningMean, null),",
            "CudaConformanceTest/BatchNorm",
            WRONG_VALUE + "|overlapping-buffers"));
    to.add(
        new Mutant(
            "average-for-a-sum",
            "a pooling that sums gives averages",
            BACKEND + "dnn/Poolings.java",
            "s.mode() == Mode.SUM ? (float) s.kernelH() * s.kernelW() : 1",
            "1",
            "CudaConformanceTest/Pool",
            WRONG_VALUE));
  }

  private static void recurrentLayers(List<Mutant> to) {
    to.add(
        new Mutant(
            "rnn-gradients-not-cleared",
            "cuDNN adds the gradients of a recurrent layer's weights to whatever is there",
            BACKEND + "dnn/Rnns.java",
            """
                          packed.pointer(), 0, p.weightBytes / Float.BYTES, context.stream()),
            """,
            """
                          packed.pointer(), 0, 1, context.stream()),
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-biases-exchanged",
            "the biases of input and state change places, which a GRU minds",
            BACKEND + "dnn/Rnns.java",
            """
                        case 2 -> w.biasIh();
                        default -> w.biasHh();
            """,
            """
                        case 2 -> w.biasHh();
                        default -> w.biasIh();
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-lengths-forgotten",
            "sequences with lengths are left to cuDNN, as if all had all steps",
            BACKEND + "dnn/Rnns.java",
            """
                return !s.lengths()
            """,
            """
                return s.batch() > 0
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-reserve-too-small",
            "there is room for half of what cuDNN keeps of a forward pass",
            BACKEND + "dnn/RnnPlan.java",
            "Math.ceilDiv(reserveBytes, (long) Float.BYTES)",
            "Math.ceilDiv(reserveBytes / 2, (long) Float.BYTES)",
            "CudaConformanceTest/RnnLayer",
            "out-of-bounds"));
    to.add(
        new Mutant(
            "rnn-wrong-output",
            "the backward pass gets the output's gradient for the output",
            BACKEND + "dnn/Rnns.java",
            """
                          pointer(y),
                          pointer(dy),
            """,
            """
                          pointer(dy),
                          pointer(dy),
            """,
            "CudaConformanceTest/RnnLayer",
            "wrong-output"));
    to.add(
        new Mutant(
            "rnn-gradient-overwritten",
            "a gradient of a recurrent layer's input overwrites the one that is there",
            BACKEND + "dnn/Rnns.java",
            "(to == null && needed) || (to != null && beta != 0)",
            "to == null && needed",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-tf32-left-on",
            "cuDNN rounds the products of recurrent layers to TF32",
            BACKEND + "dnn/RnnPlan.java",
            "precision == MathPrecision.TF32",
            "precision != MathPrecision.TF32",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-copy-without-beta",
            "gradients of weights overwrite those that are there",
            KERNELS + "rnn.cu",
            "to[e] = accumulate(from[e], beta, to, e);",
            "to[e] = from[e];",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "rnn-bias-outside-of-reset",
            "a GRU's recurrent bias is added outside of the reset gate's product",
            KERNELS + "rnn.cu",
            "float inner = r[2 * h] + (biasHh ? biasHh[2 * h + j] : 0.0f);",
            "float inner = r[2 * h];",
            "CudaConformanceTest/Rnn",
            WRONG_VALUE));
  }

  private static void launches(List<Mutant> to) {
    to.add(
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
            "cuLaunchKernel"));
    to.add(
        new Mutant(
            "compute-capability-not-in-the-key",
            "kernels for one architecture are taken for another's",
            BACKEND + "kernels/KernelCompiler.java",
            "cache.get(List.of(source, String.join(\" \", options), versions)",
            "cache.get(List.of(source, versions)",
            "KernelCompilationTest",
            "wrong-architecture|CUDA_ERROR_NO_BINARY"));
    to.add(
        new Mutant(
            "grid-too-small",
            "fewer blocks are launched than the host has room for sums of",
            BACKEND + "kernels/OptimizerKernels.java",
            "launch(\"sum_of_squares\", parts, n, x, squares);",
            "launch(\"sum_of_squares\", Math.max(1, parts - 1), n, x, squares);",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "scratch-too-small",
            "there is no room for the last block's sum",
            BACKEND + "kernels/LossKernels.java",
            "scratch((long) parts * Float.BYTES)",
            "scratch((parts - 1L) * Float.BYTES)",
            "CudaConformanceTest/Loss",
            "out-of-bounds"));
  }

  private static void kernels(List<Mutant> to) {
    to.add(
        new Mutant(
            "one-element-too-far",
            "a sum reads one element beyond its end",
            KERNELS + "reduce.cu",
            "k < end; k++) sum += from[k * r.summed_step[0]];",
            "k <= end; k++) sum += from[k * r.summed_step[0]];",
            "CudaConformanceTest/Reduce",
            "out-of-bounds"));
    to.add(
        new Mutant(
            "no-bounds-check",
            "threads beyond the end write",
            KERNELS + "optimizer.cu",
            "for (Index i = first(); i < n; i += stride()) if (x[i] != 0.0f) x[i] *= f;",
            "for (Index i = first(); i <= n; i += stride()) if (x[i] != 0.0f) x[i] *= f;",
            "CudaConformanceTest/Optimizer",
            "out-of-bounds"));
    to.add(
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
            "shared-memory-race"));
    to.add(
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
            "shared-memory-race"));
    to.add(
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
            "shared-memory-race"));
    to.add(
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
            "divergent-barrier|shared-memory-race"));
    to.add(
        new Mutant(
            "stride-of-a-block",
            "blocks do each other's work again",
            KERNELS + "common.cu",
            "return (Index)gridDim.x * blockDim.x;",
            "return (Index)blockDim.x;",
            "CudaConformanceTest/Elementwise",
            "global-memory-race"));
    to.add(
        new Mutant(
            "index-of-32-bits",
            "indices are ints where the host passes longs",
            KERNELS + "common.cu",
            "typedef long long Index;",
            "typedef int Index;",
            "CudaConformanceTest/Reduce",
            "RED"));
    to.add(
        new Mutant(
            "misaligned-vector-load",
            "four floats are read at once from where one may begin",
            KERNELS + "elementwise.cu",
            "map(n, x, nullptr, nullptr, 0.0f, y, [=](float v, float, float) { return activate(kind, a, b, v); });",
            "for (Index i = first(); i < n; i += stride()) y[i] = activate(kind, a, b, (*(const float4*)(x + i)).x);",
            "CudaConformanceTest/Unary",
            "misaligned"));
    to.add(
        new Mutant(
            "window-before-the-image",
            "a padded window reads in front of its image",
            KERNELS + "pool.cu",
            "return start >= 0 ? start : start + (-start + d - 1) / d * d;",
            "return start + 0 * d;",
            "CudaConformanceTest/Pool",
            "out-of-bounds|index-out-of-bounds|" + WRONG_VALUE));
  }

  private static void arithmetic(List<Mutant> to) {
    to.add(
        new Mutant(
            "beta-ignored",
            "gradients overwrite instead of adding",
            KERNELS + "common.cu",
            "return beta == 0.0f ? value : value + beta * old[i];",
            "return value;",
            "CudaConformanceTest/Elementwise",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "beta-of-zero-multiplies",
            "what is to be overwritten is multiplied by 0, NaN and all",
            KERNELS + "common.cu",
            "return beta == 0.0f ? value : value + beta * old[i];",
            "return value + beta * old[i];",
            "CudaConformanceTest/Elementwise",
            "NaN"));
    to.add(
        new Mutant(
            "philox-counter",
            "the stream is written over the step in the random counter",
            KERNELS + "random.cu",
            "stream << 24 | ((unsigned)step[1] & 0xFFFFFFu)};",
            "stream << 16 | ((unsigned)step[1] & 0xFFFFFFu)};",
            "CudaConformanceTest/Random",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "dropout-not-scaled",
            "what dropout keeps is not scaled",
            KERNELS + "random.cu",
            "x[i] * scale",
            "x[i]",
            "CudaConformanceTest/Random",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "adam-constant",
            "Adam's second moment takes the first one's factor",
            KERNELS + "optimizer.cu",
            "one_less_beta2 * g * g",
            "one_less_beta1 * g * g",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "eps-under-the-root",
            "Adam's eps is added before the root is taken",
            KERNELS + "optimizer.cu",
            "(sqrtf(v1) * inv_sqrt_correction2 + eps)",
            "(sqrtf(v1 + eps) * inv_sqrt_correction2)",
            "CudaConformanceTest/Optimizer",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "exponentials-overflow",
            "a softmax takes exponentials of large numbers",
            KERNELS + "loss.cu",
            "sum += expf(logits[start + c * inner] - largest);",
            "sum += expf(logits[start + c * inner]);",
            "CudaConformanceTest/Loss",
            WRONG_VALUE));
    to.add(
        new Mutant(
            "last-of-equals",
            "of equal elements the last one is the largest",
            KERNELS + "reduce.cu",
            "b.place < a.place);",
            "b.place > a.place);",
            "CudaConformanceTest/Reduce",
            WRONG_VALUE));
    to.add(
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

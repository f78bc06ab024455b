package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;

import java.util.List;

/** Faults in the order of what streams, events and the host do. */
final class StreamFaults {

  private StreamFaults() {}

  static List<Mutant> list() {
    return List.of(
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
            "pinned-memory-race"),
        new Mutant(
            "event-not-recorded",
            "the event that says when a staging buffer is free is never recorded",
            BACKEND + "PinnedSlots.java",
            """
                  CudaErrors.check(JCudaDriver.cuEventRecord(copied, stream), "cuEventRecord", null);
            """,
            "",
            "TransfersTest",
            "pinned-memory-race"),
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
            "NaN"),
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
            "stream-race|pinned-memory-race"),
        new Mutant(
            "cublas-on-the-legacy-stream",
            "cuBLAS is not told the stream",
            BACKEND + "blas/Blas.java",
            "JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())),",
            "JCublas2.cublasSetStream(handle, null),",
            "CudaConformanceTest/Gemm",
            "stream-race"),
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
}

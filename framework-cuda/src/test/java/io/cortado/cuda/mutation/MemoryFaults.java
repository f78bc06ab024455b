package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in memory of the device and of the host. */
final class MemoryFaults {

  private MemoryFaults() {}

  static List<Mutant> list() {
    return List.of(
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
            "double-free"),
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
            "leak"),
        new Mutant(
            "blocks-not-aligned",
            "blocks begin at multiples of 4 bytes, not of 256",
            BACKEND + "CudaMemory.java",
            "roundUp(Math.max(bytes, 1), ALIGNMENT)",
            "roundUp(Math.max(bytes, 1), 4)",
            "CudaMemoryTest",
            WRONG_VALUE),
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
            WRONG_VALUE),
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
            "use-after-free"),
        new Mutant(
            "slice-without-offset",
            "a slice begins where its buffer does",
            BACKEND + "Block.java",
            "offset == 0 ? segment.pointer() : segment.pointer().withByteOffset(offset)",
            "segment.pointer()",
            "LibrariesTest",
            "overlapping-buffers"),
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
}

package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.KERNELS;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in the CTC loss. */
final class SequenceFaults {

  private SequenceFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "ctc-skips-between-repeats",
            "a repeated label needs no blank between its two",
            KERNELS + "ctc.cu",
            "place > 1 && q.labels[place / 2] != q.labels[place / 2 - 1]",
            "place > 1",
            "CudaConformanceTest/SequenceLoss",
            WRONG_VALUE),
        new Mutant(
            "ctc-row-without-a-barrier",
            "a row is read by its neighbours before it is there",
            KERNELS + "ctc.cu",
            "row[s] -= top;\n  __syncthreads();",
            "row[s] -= top;",
            "CudaConformanceTest/SequenceLoss",
            "data-race|" + WRONG_VALUE),
        new Mutant(
            "ctc-label-once",
            "of a label's places the first alone counts",
            KERNELS + "ctc.cu",
            "for (int p = s; p; p = next[p]) all += share[p];",
            "all += share[s];",
            "CudaConformanceTest/SequenceLoss",
            WRONG_VALUE));
  }
}

package io.cortado.cpu.kernels;

/**
 * One implicit matrix product of a convolution: which grid of outputs it fills, and from which
 * taps.
 *
 * <p>Row p of the implicit B is the staged source shifted by {@code taps[p]}; column (i, j) of the
 * grid reads it at {@code i * stagedW + j}.
 *
 * @param gridH rows of outputs
 * @param gridW columns of outputs
 * @param targetFrom where the grid's first output lies in its channel's plane
 * @param targetStepH distance between the grid's rows in that plane
 * @param targetStepW distance between its columns
 * @param taps where each tap reads, relative to an output's place in the staged source
 * @param weights where each tap's weight lies for the group's first output channel
 * @param weightStep distance between output channels in the weights
 * @param packedFrom where the pass's weights start in a group's packed weights
 * @param step taps summed before a tile is written back
 * @param direct whether the kernel reads the staged source itself: no packing, but some columns are
 *     computed in vain
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record ConvPass(
    int gridH,
    int gridW,
    int targetFrom,
    int targetStepH,
    int targetStepW,
    int[] taps,
    int[] weights,
    int weightStep,
    int packedFrom,
    int step,
    boolean direct) {

  int depth() {
    return taps.length;
  }
}

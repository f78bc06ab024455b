package io.cortado.cpu.simd;

/**
 * The windows of one row of outputs, in a plane that is staged so that neighbouring outputs' taps
 * are neighbours whatever the stride.
 *
 * @param stagedRow elements from one staged row to the next
 * @param rowStep rows from one tap to the next
 * @param taps where each tap of the first output lies in its staged row
 * @param width elements of a row of the plane as it was, by which elements are numbered
 * @param columns the column of each tap of the first output in the plane as it was
 * @param stride columns from one output's tap to its neighbour's in the plane as it was
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
public record WindowGrid(
    int stagedRow, int rowStep, int[] taps, int width, int[] columns, int stride) {}

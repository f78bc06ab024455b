package io.cortado.backend.spec;

/**
 * A copy of a block of rows, as slicing and concatenating along any axis need it.
 *
 * <p>{@code dst[dstOffset + r * dstStride + i] = src[srcOffset + r * srcStride + i]} for each row r
 * and each i below width.
 *
 * @param rows how many rows
 * @param width elements of each row
 * @param srcOffset first element read
 * @param srcStride distance between rows read
 * @param dstOffset first element written
 * @param dstStride distance between rows written
 */
public record CopySpec(
    long rows, long width, long srcOffset, long srcStride, long dstOffset, long dstStride) {}

package io.cortado.cpu.kernels;

/**
 * Copies part of a matrix into slivers, the order in which a micro-kernel reads it.
 *
 * <p>A sliver holds, for each step of the summed extent, {@code width} neighbours of the other
 * extent. Packing makes all reads of the kernel consecutive, and is done once for many tiles.
 */
interface Packer {

  /**
   * Packs one sliver, {@code depth} rows of {@code width}.
   *
   * @param src the matrix, from {@code off} on, its stored rows {@code ld} apart
   * @param start the first neighbour
   * @param count how many there are, at most width; the rest is filled with zeros
   * @param from the first step of the summed extent
   * @param depth how many steps
   */
  void pack(
      float[] src,
      int off,
      int ld,
      int start,
      int count,
      int from,
      int depth,
      float[] dst,
      int dstOff);
}

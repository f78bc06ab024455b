package io.cortado.cpu.kernels;

/**
 * Scratch memory that begins where a cache line does, as far as Java lets one see to it: for what
 * an innermost loop loads vectors from.
 *
 * <p>A vector of 64 bytes that lies in two lines is loaded twice, and Java's objects begin at any
 * multiple of 8 bytes. But the G1 collector puts an object of more than half a region at the
 * beginning of a region, and leaves it there. So memory that is large enough to matter is made that
 * large, and used from {@link #FIRST} on, where the array's second line begins. Other collectors
 * need {@code -XX:ObjectAlignmentInBytes=64}, which {@code ./cortado} gives to Java; without it, or
 * with compact object headers, that start is as good as any other.
 *
 * <p>On an Intel core of 160 GFLOP/s the tiles of matrix products reach 160 where B is aligned, and
 * 140 where it is not (docs/performance/gemm.md).
 */
final class AlignedScratch {

  private static final int LINE = 64;
  private static final int HEADER = 16;

  /** The first element used: those before it share the first line with the array's header. */
  static final int FIRST = (LINE - HEADER) / Float.BYTES;

  /** What is shorter comes from the first-level cache, and is not worth half a region. */
  private static final int SHORT = 4096;

  // How G1 chooses its regions' size: heapRegionBounds.hpp and g1HeapRegion.cpp of the JDK.
  private static final int REGIONS = 2048;
  private static final long MIN_REGION = 1 << 20;
  private static final long MAX_REGION = 32 << 20;

  private static final int HALF_REGION = halfRegion(Runtime.getRuntime().maxMemory());

  private final FloatScratch scratch = new FloatScratch();

  /**
   * Returns an array with at least {@code length} elements from {@link #FIRST} on, contents
   * undefined.
   *
   * @throws io.cortado.backend.BackendException if there is no memory for it
   */
  float[] get(int length) {
    int whole = Extents.length("an operation", FIRST + (long) length);
    return scratch.get(whole < SHORT ? whole : Math.max(whole, HALF_REGION));
  }

  /**
   * Returns the length of the shortest float array that takes more than half a region.
   *
   * @param maxHeap the heap's limit in bytes
   */
  static int halfRegion(long maxHeap) {
    long wanted = Math.clamp(maxHeap / REGIONS, MIN_REGION, MAX_REGION);
    long region = 2 * Long.highestOneBit(wanted - 1);
    return (int) (region / 2 / Float.BYTES);
  }
}

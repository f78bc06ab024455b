package io.cortado.backend;

/**
 * What a backend's memory pool has done so far.
 *
 * @param inUseBytes bytes handed out and not yet released
 * @param cachedBytes bytes released and kept for the next request
 * @param peakBytes the largest {@code inUseBytes} seen
 * @param systemAllocations how often the pool had to ask the system for memory; constant in a
 *     steady training loop
 */
public record MemoryStats(
    long inUseBytes, long cachedBytes, long peakBytes, long systemAllocations) {}

package io.cortado.backend.spec;

/**
 * Names one run of random numbers: Philox 4x32-10 with the seed as key.
 *
 * <p>Element i of the run is word {@code i % 4} of the block at counter {@code (i / 4, ordinal,
 * step's low word, stream << 24 | step's next 24 bits)}. The step is not part of the key: it is
 * read from device memory, so that a captured step can be replayed with new numbers.
 *
 * @param seed the key; its low word is Philox's first key word
 * @param stream the sub-stream, 0 to 255
 * @param ordinal the how-manieth run of random numbers within the step
 */
public record RandomKey(long seed, int stream, int ordinal) {}
